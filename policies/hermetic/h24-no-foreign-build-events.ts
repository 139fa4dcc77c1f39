import { NO_FOREIGN_SERVICES } from "../predicates/bazel";
import { rule } from "../rule";
import { BAZEL } from "../views/bazel";

export const noForeignBuildEvents = rule({
  id: "H24",
  name: "no-foreign-build-events",
  level: "mandatory",
  severity: "medium",
  slsa: "Isolated",
  key: ".bazelrc or the pod's arguments",
  requires: "no --bes_backend and no cache beside the farm",
  because: "what is built, and how, would leave the farm",
  objects: [{ on: BAZEL, must: NO_FOREIGN_SERVICES }],
});

import { NO_LOCAL_RESULTS } from "../predicates/bazel";
import { rule } from "../rule";
import { BAZEL } from "../views/bazel";

export const clientNoResultUpload = rule({
  id: "H06",
  name: "client-no-result-upload",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: ".bazelrc or the pod's arguments",
  requires: "--noremote_upload_local_results, no local fallback, no strategy but remote",
  because: "a result that a client built must never reach the farm",
  objects: [{ on: BAZEL, must: NO_LOCAL_RESULTS }],
});

import { is } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, BUILDS } from "../views/pods";

export const usernsForBuilds = rule({
  id: "S03",
  name: "userns-for-builds",
  level: "advisory",
  severity: "medium",
  slsa: "Isolated",
  key: "components/buildbarn/pod.ts: hostUsers",
  requires: "pods that build run in a user namespace: hostUsers false",
  because: "whoever breaks out is nobody on the node",
  objects: [{ on: PODS, when: BUILDS, must: is("spec.hostUsers", false) }],
});

import { oneOf } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, ROLE } from "../views/pods";

const PARTS = [
  "worker",
  "release",
  "frontend",
  "scheduler",
  "storage",
  "token-keys",
  "s3",
  "browser",
  "portal",
  "runner",
  "prometheus",
  "cluster-autoscaler",
  "autoscaler",
];

export const roleDeclared = rule({
  id: "H21",
  name: "role-declared",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "the label app.kubernetes.io/name of the pod",
  requires: "each pod says its part in the farm by the label app.kubernetes.io/name",
  because: "a pod without a part would slip through the rules for it",
  objects: [{ on: PODS, must: oneOf(ROLE, PARTS) }],
});

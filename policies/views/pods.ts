import { absent, all, any, type Condition, every, is, none, oneOf, unlessSet } from "../predicates/condition";
import { evaluate, read } from "../predicates/evaluate";
import { UNKNOWN } from "../predicates/condition";
import type { Resource } from "../rule";
import type { View } from "./view";

/** Where each kind that owns pods keeps the pod: its metadata and spec. */
const OWNERS: Readonly<Record<string, string>> = {
  "kubernetes:core/v1:Pod": "",
  "kubernetes:core/v1:PodTemplate": "template",
  "kubernetes:core/v1:ReplicationController": "spec.template",
  "kubernetes:apps/v1:Deployment": "spec.template",
  "kubernetes:apps/v1:StatefulSet": "spec.template",
  "kubernetes:apps/v1:DaemonSet": "spec.template",
  "kubernetes:apps/v1:ReplicaSet": "spec.template",
  "kubernetes:batch/v1:Job": "spec.template",
  "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template",
  "kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet": "spec.template",
};

/** Pods, whoever owns them. */
export const PODS: View = {
  title: "pods and what owns them",
  types: Object.keys(OWNERS),
  subjects: (resource) => [pod(resource)],
  admission: {
    kinds: ["Pod", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"],
    resources: [
      { group: "", version: "v1", resources: ["pods", "pods/ephemeralcontainers", "replicationcontrollers"] },
      { group: "apps", version: "v1", resources: ["deployments", "statefulsets", "daemonsets", "replicasets"] },
      { group: "batch", version: "v1", resources: ["jobs", "cronjobs"] },
    ],
    variable: "variables.pod",
  },
};

/** CEL of the variable `pod`. */
export const POD_VARIABLE =
  'object.kind == "Pod" ? object : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template : object.spec.template';

function pod({ type, props }: Resource) {
  const path = OWNERS[type] ?? "";
  const reading = read(props, path);
  if (reading.kind === "value") return { path, value: path === "" ? props : reading.value };
  return { path, value: reading.kind === "unknown" ? UNKNOWN : "nothing" };
}

/** Pods that a resource owns, for rules about several resources. */
export function podsOf(found: readonly Resource[]) {
  return found.filter(({ type }) => type in OWNERS).map((resource) => ({ resource, ...pod(resource) }));
}

/** What owns pods of workers, or may. */
export function workersOf(found: readonly Resource[]): Resource[] {
  return podsOf(found)
    .filter(({ value }) => evaluate(WORKER, value).answer !== "no")
    .map(({ resource }) => resource);
}

/** The part that a pod plays in the farm. */
export const ROLE = "metadata.labels[app.kubernetes.io/name]";

/** The same of the pods that an object makes by a template. */
export const TEMPLATE_ROLE = `spec.template.${ROLE}`;

/** Pods that build, or that lead a build. */
export const BUILDERS = ["worker", "release"];
export const BUILDS: Condition = oneOf(ROLE, BUILDERS);
export const WORKER: Condition = is(ROLE, "worker");

/**
 * Each container of a pod, also those that start it and those that debug it.
 * @param spec path of the pod's spec, where the condition is not about the pod itself
 */
export function everyContainer(of: Condition, spec = "spec"): Condition {
  return all(...["containers", "initContainers", "ephemeralContainers"].map((list) => every(`${spec}.${list}`, of)));
}

/** Kinds of profiles of seccomp and AppArmor that keep a container from its node's kernel. */
const PROFILES = ["RuntimeDefault", "Localhost"];
const SECCOMP = "securityContext.seccompProfile.type";
const APPARMOR = "securityContext.appArmorProfile.type";
const unlessUnconfined = (path: string) => any(absent(path), oneOf(path, PROFILES));

/** A pod under seccomp, none of whose containers undoes that, sees more of /proc, or takes a port or a setting of its node. */
export const SANDBOXED: Condition = all(
  any(oneOf(`spec.${SECCOMP}`, PROFILES), everyContainer(oneOf(SECCOMP, PROFILES))),
  unlessUnconfined(`spec.${APPARMOR}`),
  none("spec.securityContext.sysctls"),
  everyContainer(
    all(
      unlessUnconfined(SECCOMP),
      unlessUnconfined(APPARMOR),
      unlessSet("securityContext.procMount", "Default"),
      every("ports", unlessSet("hostPort", 0)),
    ),
  ),
);

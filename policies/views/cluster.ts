import { UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import type { Resource } from "../rule";
import { PODS } from "./pods";
import { kind, resources, type View } from "./view";

export const NAMESPACES = kind("", "v1", "Namespace", "namespaces");
export const CONFIG_MAPS = kind("", "v1", "ConfigMap", "configmaps");
export const SECRETS = kind("", "v1", "Secret", "secrets");
export const SERVICES = kind("", "v1", "Service", "services");
export const SERVICE_ACCOUNTS = kind("", "v1", "ServiceAccount", "serviceaccounts");
export const INGRESSES = kind("networking.k8s.io", "v1", "Ingress", "ingresses");
export const DEPLOYMENTS = kind("apps", "v1", "Deployment", "deployments");
export const STATEFUL_SETS = kind("apps", "v1", "StatefulSet", "statefulsets");
export const JOBS = kind("batch", "v1", "Job", "jobs");
export const CRON_JOBS = kind("batch", "v1", "CronJob", "cronjobs");
export const RUNNER_SETS = kind("actions.github.com", "v1alpha1", "AutoscalingRunnerSet", "autoscalingrunnersets");
const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";
export const ROLES = resources("Roles", `${RBAC}:Role`);
export const ROLE_BINDINGS = resources("RoleBindings", `${RBAC}:RoleBinding`);
export const CLUSTER_ROLE_BINDINGS = resources("ClusterRoleBindings", `${RBAC}:ClusterRoleBinding`);
const ADMISSION = "kubernetes:admissionregistration.k8s.io/v1";
export const ADMISSION_POLICIES = resources("admission policies", `${ADMISSION}:ValidatingAdmissionPolicy`);
export const ADMISSION_BINDINGS = resources("their bindings", `${ADMISSION}:ValidatingAdmissionPolicyBinding`);
/** Runners of the controller before GitHub's own: they stay after a job, with what it left. */
export const OTHER_RUNNERS = resources(
  "runners that are not GitHub's own",
  ...["Runner", "RunnerDeployment", "RunnerReplicaSet", "RunnerSet"].map(
    (name) => `kubernetes:actions.summerwind.dev/v1alpha1:${name}`,
  ),
);
export const CHARTS = resources("Helm charts", "kubernetes:helm.sh/v4:Chart", "kubernetes:helm.sh/v3:Release");

/** What else makes equal pods by one template. */
export const POD_SETS: View = {
  ...resources(
    "sets of equal pods",
    ...["StatefulSet", "DaemonSet", "ReplicaSet"].map((name) => `kubernetes:apps/v1:${name}`),
    "kubernetes:core/v1:ReplicationController",
  ),
  admission: {
    kinds: ["StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"],
    resources: [
      { group: "apps", version: "v1", resources: ["statefulsets", "daemonsets", "replicasets"] },
      { group: "", version: "v1", resources: ["replicationcontrollers"] },
    ],
    variable: "object",
  },
};

/** Whether two namespaces are one. What Pulumi makes in a namespace that has no name yet is made in one. */
export function isSameNamespace(here: unknown, there: unknown): "yes" | "no" | "unknown" {
  if (here === there) return "yes";
  return here === UNKNOWN || there === UNKNOWN ? "unknown" : "no";
}

/** The namespace that an object of the cluster is in. */
export function namespaceOf({ props }: Resource): string | typeof UNKNOWN {
  const namespace = read(props, "metadata.namespace");
  if (namespace.kind === "unknown") return UNKNOWN;
  return typeof namespace.value === "string" ? namespace.value : "default";
}

/** Tokens that somebody asks of the API server for a service account: kubelet for a pod, `kubectl create token`. */
export const TOKEN_REQUESTS: View = {
  ...resources("requests for tokens", "kubernetes:authentication.k8s.io/v1:TokenRequest"),
  admission: {
    kinds: ["TokenRequest"],
    resources: [{ group: "", version: "v1", resources: ["serviceaccounts/token"] }],
    variable: "object",
  },
};

const JUDGED = [
  ...[PODS, NAMESPACES, CONFIG_MAPS, SECRETS, SERVICES, SERVICE_ACCOUNTS, INGRESSES],
  ...[ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS, ADMISSION_POLICIES, ADMISSION_BINDINGS],
].flatMap(({ types }) => types);

/** What Pulumi applies to a part of an object that somebody else made. */
export const PARTS = resources(
  "patches of objects",
  ...[...JUDGED, "kubernetes:networking.k8s.io/v1:NetworkPolicy"].map((type) => `${type}Patch`),
);

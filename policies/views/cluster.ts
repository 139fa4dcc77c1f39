import { UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import type { Resource } from "../rule";
import { PODS } from "./pods";
import { kind, resources, type View } from "./view";

export const NAMESPACES = kind("", "v1", "Namespace", "namespaces");
export const CONFIG_MAPS = kind("", "v1", "ConfigMap", "configmaps");
export const SERVICES = kind("", "v1", "Service", "services");
export const SERVICE_ACCOUNTS = kind("", "v1", "ServiceAccount", "serviceaccounts");
export const INGRESSES = kind("networking.k8s.io", "v1", "Ingress", "ingresses");
export const DEPLOYMENTS = kind("apps", "v1", "Deployment", "deployments");
export const JOBS = kind("batch", "v1", "Job", "jobs");
export const RUNNER_SETS = kind("actions.github.com", "v1alpha1", "AutoscalingRunnerSet", "autoscalingrunnersets");
export const CHARTS = resources("Helm charts", "kubernetes:helm.sh/v4:Chart", "kubernetes:helm.sh/v3:Release");

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

/** What Pulumi applies to a part of an object that somebody else made. */
export const PARTS = resources(
  "patches of objects",
  ...[PODS, NAMESPACES, CONFIG_MAPS, SERVICES, SERVICE_ACCOUNTS, INGRESSES].flatMap(({ types }) =>
    types.map((type) => `${type}Patch`),
  ),
  "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch",
);

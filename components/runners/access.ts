import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { names } from "../buildbarn/network-policies";
import type { DnsPods } from "../platform/platform";
import { CONTROLLER_ACCOUNT } from "./controller";

/** What the controller does for a set of runners in the runners' own namespace, and nowhere else. */
const CONTROLLER_RULES: kubernetes.types.input.rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get"] },
  { apiGroups: [""], resources: ["pods/status"], verbs: ["get"] },
  {
    apiGroups: [""],
    resources: ["secrets", "serviceaccounts"],
    verbs: ["create", "delete", "get", "list", "patch", "update"],
  },
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: ["create", "delete", "get", "patch", "update"],
  },
];

/** Gives the controller its rights among the runners. Without finalizers: it is there until the last set is gone. */
export function declareControllerRights(
  namespace: pulumi.Input<string>,
  controllerNamespace: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const metadata = { name: "runner-controller", namespace };
  const role = new kubernetes.rbac.v1.Role("runner-controller", { metadata, rules: CONTROLLER_RULES }, options);
  const binding = new kubernetes.rbac.v1.RoleBinding(
    "runner-controller",
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: CONTROLLER_ACCOUNT, namespace: controllerNamespace }],
    },
    options,
  );
  return [role, binding];
}

/** Ports of GitHub, AWS and the cluster's API server: TLS alone. The nodes' metadata service answers on another. */
const TLS_PORTS = [443, 6443];

/** Nothing in; out to names, and to TLS wherever it is: GitHub has no network of its own to name. */
export function outboundTls(
  prefix: string,
  dns?: DnsPods,
): Record<string, kubernetes.types.input.networking.v1.NetworkPolicySpec> {
  const to = [{ ipBlock: { cidr: "0.0.0.0/0" } }];
  return {
    [`${prefix}-default-deny`]: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    [`${prefix}-outbound`]: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [names(dns), { to, ports: TLS_PORTS.map((port) => ({ port, protocol: "TCP" })) }],
    },
  };
}

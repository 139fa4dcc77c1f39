import { ADDRESSES, NODE_NAME } from "./layout";

/** A Kubernetes object as the API server takes it, and the path of its own URL. */
export interface ClusterObject {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ["get", "list", "watch"];
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

function binding(role: string, user: string): ClusterObject {
  const name = `monofarm:${user}`;
  return {
    path: `${RBAC}/clusterrolebindings/${name}`,
    body: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
    },
  };
}

function clusterRole(name: string, rules: readonly PolicyRule[]): ClusterObject {
  return {
    path: `${RBAC}/clusterroles/${name}`,
    body: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules },
  };
}

const DNS_PORTS = [
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns-tcp", port: 53, protocol: "TCP" },
];

/** What the node's own daemons need in the cluster: their roles, and the service of DNS, which runs beside it. */
export const CLUSTER_OBJECTS: readonly ClusterObject[] = [
  binding("system:kubelet-api-admin", "kube-apiserver-kubelet-client"),
  clusterRole("monofarm:coredns", [
    { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: READ },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  ]),
  binding("monofarm:coredns", "system:coredns"),
  clusterRole("monofarm:kube-router", [
    { apiGroups: [""], resources: ["namespaces", "pods", "services", "nodes", "endpoints"], verbs: READ },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: READ },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  ]),
  binding("monofarm:kube-router", "system:kube-router"),
  {
    path: "/api/v1/namespaces/kube-system/services/kube-dns",
    body: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
      spec: { clusterIP: ADDRESSES.dnsService, ports: DNS_PORTS },
    },
  },
  {
    path: "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns-farm",
    body: {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "kube-dns-farm",
        namespace: "kube-system",
        labels: { "kubernetes.io/service-name": "kube-dns", "endpointslice.kubernetes.io/managed-by": "monofarm" },
      },
      addressType: "IPv4",
      endpoints: [{ addresses: [ADDRESSES.node], conditions: { ready: true }, nodeName: NODE_NAME }],
      ports: DNS_PORTS,
    },
  },
];

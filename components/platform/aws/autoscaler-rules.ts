import type * as kubernetes from "@pulumi/kubernetes";

type Rule = kubernetes.types.input.rbac.v1.PolicyRule;

const WATCH = ["get", "list", "watch"];

/**
 * What Cluster Autoscaler reads of a cluster to tell whether a pod would fit, and what it changes: nodes, which it
 * taints and takes away, and pods, which it evicts.
 */
export const AUTOSCALER_CLUSTER_ROLE: Rule[] = [
  { apiGroups: [""], resources: ["nodes"], verbs: [...WATCH, "update", "patch", "delete"] },
  { apiGroups: [""], resources: ["pods"], verbs: WATCH },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  {
    apiGroups: [""],
    resources: ["namespaces", "services", "replicationcontrollers", "persistentvolumes", "persistentvolumeclaims"],
    verbs: WATCH,
  },
  { apiGroups: ["apps"], resources: ["daemonsets", "replicasets", "statefulsets"], verbs: WATCH },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: WATCH },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: WATCH },
  {
    apiGroups: ["storage.k8s.io"],
    resources: ["storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"],
    verbs: WATCH,
  },
  {
    apiGroups: ["resource.k8s.io"],
    resources: ["resourceclaims", "resourceslices", "deviceclasses"],
    verbs: WATCH,
  },
];

/** What it keeps for itself, in its own namespace: its lease and its state. */
export const AUTOSCALER_ROLE: Rule[] = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: ["cluster-autoscaler"],
    verbs: ["get", "update"],
  },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "list", "watch"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["cluster-autoscaler-status"],
    verbs: ["get", "update", "delete"],
  },
];

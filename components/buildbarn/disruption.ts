import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type Spread = kubernetes.types.input.core.v1.TopologySpreadConstraint;

/** Whether pods of one part may share a node while another node has none of them. */
export type Sharing = "apart" | "apart where possible";

/**
 * Spreads a part's pods over zones where nodes have them, and over nodes. On a cluster of one node either is without
 * effect: what counts is the difference between nodes that may run the pods.
 * @param labels of the part's pods
 */
export function spread(labels: Readonly<Record<string, string>>, sharing: Sharing): Spread[] {
  const over = (topologyKey: string, whenUnsatisfiable: string): Spread => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { ...labels } },
    nodeTaintsPolicy: "Honor",
  });
  return [
    over("topology.kubernetes.io/zone", "ScheduleAnyway"),
    over("kubernetes.io/hostname", sharing === "apart" ? "DoNotSchedule" : "ScheduleAnyway"),
  ];
}

/**
 * Declares how many of a part's pods a drain of nodes may take at once. Pods that are not ready anyway hold no drain up.
 * @param maxUnavailable pods, or a share of them such as `25%`, rounded up
 */
export function declareDisruptionBudget(
  name: string,
  {
    namespace,
    labels,
  }: { readonly namespace: pulumi.Input<string>; readonly labels: Readonly<Record<string, string>> },
  maxUnavailable: number | string,
  options: pulumi.CustomResourceOptions,
): kubernetes.policy.v1.PodDisruptionBudget {
  return new kubernetes.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: { name, namespace, labels: { ...labels } },
      spec: { maxUnavailable, selector: { matchLabels: { ...labels } }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    },
    options,
  );
}

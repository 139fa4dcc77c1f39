/**
 * What the kubelet of each node is told beyond its defaults: what stands between an action and its node.
 *
 * Processes of one pod are bounded, so that a fork bomb ends in its own pod: make and meson start as many as there are
 * cores, and a shell for each. Kubelet measures pods' volumes every 10 s (its default is a minute), so that one that fills
 * its disk is evicted before the node's is full.
 */
export const KUBELET_SETTINGS = { podPidsLimit: 4096, volumeStatsAggPeriod: "10s" } as const;

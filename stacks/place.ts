import type * as pulumi from "@pulumi/pulumi";

import { KubernetesPlatform } from "../components/platform/kubernetes/kubernetes-platform";
import type { Claim } from "../components/platform/kubernetes/local-volumes";
import type { Platform } from "../components/platform/platform";
import type { PlaceConfig } from "./config/place";
import type { FarmOutputs } from "./outputs";

/** Where a farm stands, and what those need who build on it. */
export interface Place {
  readonly platform: Platform;
  readonly outputs: Pick<FarmOutputs, "platform" | "egress"> & { readonly kubeconfig: pulumi.Input<string> };
}

/**
 * The place that a stack names.
 * @param claims volumes that the farm's parts will ask for, for places without a provisioner
 */
export function place(config: PlaceConfig, claims: readonly Claim[]): Place {
  const { kind, kubeconfig, context } = config;
  const platform = new KubernetesPlatform("platform", {
    kubeconfig,
    ...(context !== undefined && { context }),
    pools: config.pools.map((pool) => ({ ...pool, tolerations: pool.tolerations.map(toleration) })),
    ...(kind === "local" && { localVolumes: config.localVolumes }),
    ...(kind === "kubernetes" &&
      config.storageClassName !== undefined && { storageClassName: config.storageClassName }),
    claims,
  });
  const egress = kind === "local" ? {} : { dns: config.dns, ...(config.s3 !== undefined && { s3: config.s3 }) };
  return {
    platform,
    outputs: { platform: { kind, ...(context !== undefined && { context }) }, egress, kubeconfig },
  };
}

function toleration({ key, operator, value, effect }: PlaceConfig["pools"][number]["tolerations"][number]) {
  return { key, operator, ...(value !== undefined && { value }), ...(effect !== undefined && { effect }) };
}

import * as pulumi from "@pulumi/pulumi";

import { farmCost } from "../components/matrix/farm-cost";
import { AwsPlatform } from "../components/platform/aws/aws-platform";
import { INTERFACE_ENDPOINTS } from "../components/platform/aws/network";
import { KubernetesPlatform } from "../components/platform/kubernetes/kubernetes-platform";
import type { Claim } from "../components/platform/kubernetes/local-volumes";
import { KUBE_DNS, type Platform } from "../components/platform/platform";
import { UserError } from "../components/user-error";
import type { Values } from "./config/check";
import type { FARM_SLICES } from "./config/farm";
import type { PlaceConfig } from "./config/place";
import type { FarmOutputs } from "./outputs";

/** Where a farm stands, and what those need who build on it. */
export interface Place {
  readonly platform: Platform;
  /** The same platform, where it is AWS'. */
  readonly aws?: AwsPlatform;
  readonly outputs: Pick<FarmOutputs, "platform" | "egress" | "cost"> & { readonly kubeconfig: pulumi.Input<string> };
}

type PlacedConfig = Pick<Values<typeof FARM_SLICES>, "platform" | "images">;
type Images = PlacedConfig["images"];
type AwsPlace = Extract<PlaceConfig, { kind: "aws" }>;
type ClusterPlace = Exclude<PlaceConfig, AwsPlace>;

/** Where the agent of EKS Pod Identity gives pods what their role allows. */
const POD_IDENTITY_AGENT = { cidrs: ["169.254.170.23/32"], port: 80 };

/**
 * The place that a stack names.
 * @param claims volumes that the farm's parts will ask for, for places without a provisioner
 */
export function place({ platform, images }: PlacedConfig, claims: readonly Claim[]): Place {
  return platform.kind === "aws" ? awsPlace(platform, images) : clusterPlace(platform, claims);
}

function awsPlace({ kind, ...config }: AwsPlace, { autoscaler, pullPolicy }: Images): Place {
  if (autoscaler === undefined)
    throw new UserError("monofarm:images.autoscaler", "nothing", "Cluster Autoscaler, by digest");
  const platform = new AwsPlatform("platform", {
    ...config,
    autoscaler: { image: autoscaler, imagePullPolicy: pullPolicy },
    clusterName: `${pulumi.getProject()}-${pulumi.getStack()}`,
  });
  const services = [{ cidrs: platform.endpointCidrs, port: 443 }, POD_IDENTITY_AGENT];
  return {
    platform,
    aws: platform,
    outputs: {
      platform: { kind },
      egress: { dns: KUBE_DNS, services },
      kubeconfig: platform.kubeconfig,
      cost: farmCost({ ...config, zones: config.zones.length, endpoints: INTERFACE_ENDPOINTS.length }),
    },
  };
}

function clusterPlace(config: ClusterPlace, claims: readonly Claim[]): Place {
  const { kind, kubeconfig, context } = config;
  const platform = new KubernetesPlatform("platform", {
    kubeconfig,
    ...(context !== undefined && { context }),
    tokenIssuer: config.tokenIssuer,
    pools: config.pools.map((pool) => ({ ...pool, tolerations: pool.tolerations.map(toleration) })),
    ...(kind === "local" && { localVolumes: config.localVolumes }),
    ...(kind === "kubernetes" &&
      config.storageClassName !== undefined && { storageClassName: config.storageClassName }),
    claims,
  });
  const egress = kind === "local" ? {} : { dns: config.dns, ...(config.s3 !== undefined && { services: [config.s3] }) };
  return {
    platform,
    outputs: { platform: { kind, ...(context !== undefined && { context }) }, egress, kubeconfig },
  };
}

function toleration({ key, operator, value, effect }: ClusterPlace["pools"][number]["tolerations"][number]) {
  return { key, operator, ...(value !== undefined && { value }), ...(effect !== undefined && { effect }) };
}

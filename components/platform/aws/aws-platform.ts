import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { neededPool, type NodePool, type Platform } from "../platform";
import { declareAutoscaler } from "./autoscaler";
import { declareCluster, kubeconfigOf } from "./cluster";
import type { AddonName } from "./cluster-addons";
import type { EntrancePlace } from "./entrance";
import { declareNetwork } from "./network";
import { declareNodePools } from "./node-pools";
import { declareAwsProvider } from "./provider";
import { planPool, type PoolSpec } from "./pool-plan";

/** Arguments of a farm's place on AWS. */
export interface AwsPlatformArgs {
  readonly region: string;
  /** 12 digits: no other account is touched. */
  readonly account: string;
  /** The cluster's name in EKS: one of an account's in a region. */
  readonly clusterName: string;
  /** Availability zones of the region, two to four. */
  readonly zones: readonly string[];
  /** IPv4 network, /16 to /20. */
  readonly cidr: string;
  /** Gives system nodes a way out. Workers never have one. */
  readonly nat: boolean;
  /** Kubernetes' major.minor, such as `1.33`. */
  readonly version: string;
  /** Release of the EKS-optimized AMI, such as `1.33.3-20250904`. */
  readonly amiRelease: string;
  readonly addons: Readonly<Record<AddonName, string>>;
  /** Networks that may reach the API server from the internet. None makes it private. */
  readonly publicCidrs: readonly string[];
  /** ARNs of IAM roles that may do anything in the cluster. */
  readonly administrators: readonly string[];
  readonly pools: readonly PoolSpec[];
  /** Cluster Autoscaler of that Kubernetes minor, by digest. */
  readonly autoscaler: { readonly image: string; readonly imagePullPolicy: string };
}

/** A farm's place on AWS: a network, an EKS cluster in it and its node pools. */
export class AwsPlatform extends pulumi.ComponentResource implements Platform {
  readonly provider: kubernetes.Provider;
  readonly pools: readonly NodePool[];
  readonly tokenIssuer: pulumi.Output<string>;
  readonly storageClassName: pulumi.Output<string>;
  readonly volumes: readonly pulumi.Resource[];
  /** The cluster's name in AWS. */
  readonly clusterName: pulumi.Output<string>;
  /** Holds no secret: it asks AWS for a token. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Provider of everything of the farm's that is AWS'. */
  readonly aws: aws.Provider;
  /** What a way in from outside needs: in subnets of the system, or in those that face the internet. */
  readonly entrance: (facing: "internal" | "internet") => EntrancePlace;
  /** Where AWS' services answer inside the network. */
  readonly endpointCidrs: readonly string[];

  constructor(name: string, args: AwsPlatformArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:platform:Aws", name, {}, options);
    const plans = args.pools.map((spec, index) => planPool(spec, `monofarm:platform.pools.${index}`));
    this.pools = plans.map(({ pool }) => pool);
    this.aws = declareAwsProvider(`${name}-aws`, args, { parent: this });
    const mine = { parent: this, provider: this.aws };
    const network = declareNetwork(name, args, mine);
    const { cluster, beforeNodes, declareLateAddons } = declareCluster(name, { ...args, network }, mine);
    const nodes = declareNodePools(
      name,
      { cluster, network, pools: plans, version: args.version, amiRelease: args.amiRelease },
      { ...mine, dependsOn: [...beforeNodes] },
    );
    const addons = declareLateAddons(nodes);
    this.entrance = (facing) => ({
      vpcId: network.vpc.id,
      cidr: args.cidr,
      subnetIds: network.subnets[facing === "internal" ? "system" : "public"].map(({ id }) => id),
      nodesGroupId: cluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId),
      scalingGroups: nodes
        .filter((_, index) => plans[index]?.role === "system")
        .map(({ resources }) => resources.apply((each) => each[0]?.autoscalingGroups[0]?.name ?? "")),
    });
    this.clusterName = cluster.name;
    this.tokenIssuer = cluster.identities.apply((identities) => identities[0]?.oidcs[0]?.issuer ?? "");
    this.endpointCidrs = network.endpointCidrs;
    this.kubeconfig = kubeconfigOf(cluster, args.region);
    this.provider = new kubernetes.Provider(
      name,
      { kubeconfig: this.kubeconfig, clusterIdentifier: cluster.arn, enableServerSideApply: true },
      { parent: this, dependsOn: [...nodes, ...addons] },
    );
    const storageClass = new kubernetes.storage.v1.StorageClass(
      "gp3",
      {
        metadata: { name: "monofarm-gp3" },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      },
      { parent: this, provider: this.provider },
    );
    declareAutoscaler({ ...args, ...args.autoscaler, cluster, pool: neededPool(this, "system") }, mine, {
      parent: this,
      provider: this.provider,
    });
    this.storageClassName = storageClass.metadata.name;
    this.volumes = [storageClass];
    this.registerOutputs({ clusterName: this.clusterName });
  }
}

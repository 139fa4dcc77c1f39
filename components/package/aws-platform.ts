import * as pulumi from "@pulumi/pulumi";

import * as inner from "../platform/aws/aws-platform";
import type { AddonName } from "../platform/aws/cluster-addons";
import type { PoolSpec } from "../platform/aws/pool-plan";
import { byDigest } from "./by-digest";

/** A pool of nodes; one of each role and architecture. */
export interface AwsNodePoolArgs {
  /** system, storage, worker, client or verify. */
  readonly role: string;
  /** amd64 or arm64. */
  readonly architecture: string;
  /** Of that architecture and one CPU generation, such as `c8gd.4xlarge`. */
  readonly instanceTypes: string[];
  /** Nodes at least; 0 for workers. */
  readonly minimum: number;
  /** Nodes at most. */
  readonly maximum: number;
  /** Nodes that may be taken away at two minutes' notice: workers alone. Default: false. */
  readonly spot?: boolean;
  /** GiB of the root volume. Default: 100. */
  readonly diskGiB?: number;
}

/** Arguments of a farm's place on AWS. */
export interface AwsPlatformArgs {
  /** Such as `eu-west-2`. */
  readonly region: string;
  /** 12 digits: no other account is touched. */
  readonly account: string;
  /** The cluster's name in EKS: one of an account's in a region. */
  readonly clusterName: string;
  /** Availability zones of the region, two to four. */
  readonly zones: string[];
  /** Private IPv4 network, /16 to /20. */
  readonly cidr: string;
  /** Gives system nodes a way out. Workers never have one. Default: false. */
  readonly nat?: boolean;
  /** Kubernetes' major.minor, such as `1.33`. */
  readonly version: string;
  /** Release of the EKS-optimized AMI, such as `1.33.3-20250904`. */
  readonly amiRelease: string;
  /** Versions of vpc-cni, kube-proxy, coredns, aws-ebs-csi-driver and eks-pod-identity-agent, by these names. */
  readonly addons: Record<string, string>;
  /** Networks that may reach the API server from the internet. Default: none, which makes it private. */
  readonly publicCidrs?: string[];
  /** ARNs of IAM roles that may do anything in the cluster. */
  readonly administrators: string[];
  readonly pools: AwsNodePoolArgs[];
  /** Image of Cluster Autoscaler for that Kubernetes minor, by digest. */
  readonly autoscalerImage: string;
}

/**
 * A farm's place on AWS: a network whose worker subnets have no way out, an EKS cluster in it and a node pool for each
 * role and architecture.
 */
export class AwsPlatform extends pulumi.ComponentResource {
  /** The cluster's name in AWS. */
  readonly clusterName: pulumi.Output<string>;
  /** Holds no secret: it asks AWS for a token. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Who signs the cluster's service account tokens. */
  readonly tokenIssuer: pulumi.Output<string>;
  /** StorageClass of encrypted gp3 volumes. */
  readonly storageClassName: pulumi.Output<string>;

  constructor(name: string, args: AwsPlatformArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:index:AwsPlatform", name, {}, options);
    const { autoscalerImage, ...rest } = args;
    const platform = new inner.AwsPlatform(
      name,
      {
        ...rest,
        autoscaler: { image: byDigest(autoscalerImage, "autoscalerImage"), imagePullPolicy: "IfNotPresent" },
        nat: args.nat ?? false,
        publicCidrs: args.publicCidrs ?? [],
        addons: args.addons as Record<AddonName, string>,
        // A plan of the pools refuses roles and architectures that it does not know.
        pools: args.pools.map((pool) => ({ spot: false, diskGiB: 100, ...pool }) as PoolSpec),
      },
      { parent: this },
    );
    this.clusterName = platform.clusterName;
    this.kubeconfig = platform.kubeconfig;
    this.tokenIssuer = platform.tokenIssuer;
    this.storageClassName = platform.storageClassName;
    this.registerOutputs();
  }
}

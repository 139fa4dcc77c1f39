import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import { nodePullPolicy } from "../../identity/image-policies";
import { trustService } from "../../identity/policy-document";
import { declareRole } from "../../identity/role";
import { KUBELET_SETTINGS } from "../kubelet-settings";
import type { Network } from "./network";
import type { PoolPlan } from "./pool-plan";

/** Arguments of the node pools. */
export interface NodePoolsArgs {
  readonly cluster: aws.eks.Cluster;
  readonly network: Network;
  readonly pools: readonly PoolPlan[];
  /** Kubernetes' major.minor. */
  readonly version: string;
  /** Release of the EKS-optimized AMI, such as `1.33.3-20250904`. */
  readonly amiRelease: string;
}

/** What a node itself may do beside pulling images: join. */
const NODE_POLICIES = ["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"];

/** What Amazon Linux 2023 reads at its start. @param nvme whether kubelet and containerd use the instance's disks, as one */
function userData(nvme: boolean): string {
  const spec = {
    kubelet: { config: KUBELET_SETTINGS },
    ...(nvme && { instance: { localStorage: { strategy: "RAID0" } } }),
  };
  const config = stringify({ apiVersion: "node.eks.aws/v1alpha1", kind: "NodeConfig", spec });
  return [
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n',
    `--//\nContent-Type: application/node.eks.aws\n\n${config}`,
    "--//--\n",
  ].join("\n");
}

/** Declares a managed node group for each pool; whatever scales them owns how many nodes there are. */
export function declareNodePools(
  name: string,
  args: NodePoolsArgs,
  options: pulumi.CustomResourceOptions,
): aws.eks.NodeGroup[] {
  const role = declareRole(
    `${name}-node`,
    { trust: trustService("ec2.amazonaws.com"), managed: NODE_POLICIES, policy: nodePullPolicy() },
    {
      ...(options.parent !== undefined && { parent: options.parent }),
      ...(options.provider && { provider: options.provider }),
    },
  );
  return args.pools.map((pool) => {
    const template = new aws.ec2.LaunchTemplate(
      `${name}-${pool.name}`,
      {
        updateDefaultVersion: true,
        // One hop: pods that are not on the node's own network get no answer.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: pool.diskGiB,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        userData: Buffer.from(userData(pool.nvme)).toString("base64"),
        tagSpecifications: [{ resourceType: "instance", tags: { Name: `${name}-${pool.name}` } }],
      },
      {
        ...(options.parent !== undefined && { parent: options.parent }),
        ...(options.provider && { provider: options.provider }),
      },
    );
    const tier = pool.role === "worker" || pool.role === "verify" ? "worker" : "system";
    return new aws.eks.NodeGroup(
      `${name}-${pool.name}`,
      {
        clusterName: args.cluster.name,
        nodeRoleArn: role.arn,
        subnetIds: args.network.subnets[tier].map(({ id }) => id),
        version: args.version,
        releaseVersion: args.amiRelease,
        amiType: pool.amiType,
        capacityType: pool.spot ? "SPOT" : "ON_DEMAND",
        instanceTypes: [...pool.instanceTypes],
        labels: { ...pool.labels },
        taints: pool.taints.map((taint) => ({ ...taint })),
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        scalingConfig: { minSize: pool.minimum, desiredSize: pool.minimum, maxSize: pool.maximum },
        updateConfig: { maxUnavailablePercentage: 25 },
        nodeRepairConfig: { enabled: true },
      },
      { ...options, ignoreChanges: ["scalingConfig.desiredSize"] },
    );
  });
}

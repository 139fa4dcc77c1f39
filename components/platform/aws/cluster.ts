import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { trustPods, trustService } from "../../identity/policy-document";
import { declareRole } from "../../identity/role";
import { declareClusterLogs } from "./cluster-logs";
import { type AddonName, ADDONS } from "./cluster-addons";
import type { Network } from "./network";

/** Arguments of a cluster. */
export interface ClusterArgs {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** In EKS: one of an account's in a region. Its logs are kept under this name before it is there. */
  readonly clusterName: string;
  /** Kubernetes' major.minor, such as `1.33`. */
  readonly version: string;
  readonly network: Network;
  /** Networks that may reach the API server from the internet. None makes it private. */
  readonly publicCidrs: readonly string[];
  /** ARNs of IAM roles that may do anything in the cluster. */
  readonly administrators: readonly string[];
  /** Versions of the add-ons, by EKS's names. */
  readonly addons: Readonly<Record<AddonName, string>>;
}

/** Add-ons without which no node becomes ready; the others need nodes to run on. */
const BEFORE_NODES: readonly AddonName[] = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];

/** Add-ons that call AWS, and as whom in the cluster. */
const ADDON_ROLES: Readonly<Partial<Record<AddonName, { serviceAccount: string; policy: string }>>> = {
  "vpc-cni": { serviceAccount: "aws-node", policy: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" },
  "aws-ebs-csi-driver": {
    serviceAccount: "ebs-csi-controller-sa",
    policy: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
  },
};

/** A cluster, once it is declared. */
export interface Cluster {
  readonly cluster: aws.eks.Cluster;
  /** What nodes wait for. */
  readonly beforeNodes: readonly pulumi.Resource[];
  /** Declares what needs nodes to run on. */
  readonly declareLateAddons: (nodes: readonly pulumi.Resource[]) => aws.eks.Addon[];
}

/** Declares a control plane: private, audited, its secrets encrypted under a key of the farm's own. */
export function declareCluster(name: string, args: ClusterArgs, options: pulumi.CustomResourceOptions): Cluster {
  const key = new aws.kms.Key(
    `${name}-secrets`,
    { description: "Secrets of the farm's cluster", enableKeyRotation: true, deletionWindowInDays: 30 },
    options,
  );
  const role = declareRole(
    `${name}-cluster`,
    { trust: trustService("eks.amazonaws.com"), managed: ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"] },
    options,
  );
  const logs = declareClusterLogs(name, args, options);
  const isPublic = args.publicCidrs.length > 0;
  const cluster = new aws.eks.Cluster(
    name,
    {
      name: args.clusterName,
      version: args.version,
      roleArn: role.arn,
      deletionProtection: true,
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
      upgradePolicy: { supportType: "STANDARD" },
      vpcConfig: {
        subnetIds: args.network.subnets.system.map(({ id }) => id),
        endpointPrivateAccess: true,
        endpointPublicAccess: isPublic,
        ...(isPublic && { publicAccessCidrs: [...args.publicCidrs] }),
      },
    },
    { ...options, protect: true, dependsOn: [logs] },
  );
  const access = args.administrators.flatMap((principalArn, index) => {
    const entry = { clusterName: cluster.name, principalArn };
    const administrator = new aws.eks.AccessEntry(`${name}-administrator-${index}`, entry, options);
    const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
    const association = new aws.eks.AccessPolicyAssociation(
      `${name}-administrator-${index}`,
      { ...entry, policyArn, accessScope: { type: "cluster" } },
      { ...options, dependsOn: [administrator] },
    );
    return [administrator, association];
  });
  const addon = (addonName: AddonName, dependsOn: readonly pulumi.Resource[]) =>
    declareAddon(name, addonName, args.addons[addonName], cluster, { ...options, dependsOn: [...dependsOn] });
  return {
    cluster,
    beforeNodes: [...access, ...BEFORE_NODES.map((each) => addon(each, []))],
    declareLateAddons: (nodes) =>
      ADDONS.filter((each) => !BEFORE_NODES.includes(each)).map((each) => addon(each, nodes)),
  };
}

function declareAddon(
  name: string,
  addonName: AddonName,
  addonVersion: string,
  cluster: aws.eks.Cluster,
  options: pulumi.CustomResourceOptions,
): aws.eks.Addon {
  const identity = ADDON_ROLES[addonName];
  const its = { clusterName: cluster.name, addonName, addonVersion, resolveConflictsOnUpdate: "PRESERVE" };
  const settings = {
    ...(addonName === "vpc-cni" && { configurationValues: JSON.stringify({ enableNetworkPolicy: "true" }) }),
  };
  if (identity === undefined) return new aws.eks.Addon(`${name}-${addonName}`, { ...its, ...settings }, options);
  const role = declareRole(
    `${name}-${addonName}`,
    { trust: trustPods(), managed: [identity.policy] },
    {
      ...(options.parent !== undefined && { parent: options.parent }),
      ...(options.provider && { provider: options.provider }),
    },
  );
  const podIdentityAssociations = [{ roleArn: role.arn, serviceAccount: identity.serviceAccount }];
  return new aws.eks.Addon(`${name}-${addonName}`, { ...its, ...settings, podIdentityAssociations }, options);
}

/** A kubeconfig that asks AWS for a token each time: it holds no secret. */
export function kubeconfigOf(cluster: aws.eks.Cluster, region: string): pulumi.Output<string> {
  const { name, endpoint, certificateAuthority } = cluster;
  return pulumi.all([name, endpoint, certificateAuthority]).apply(([clusterName, server, authority]) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "farm", cluster: { server, "certificate-authority-data": authority.data } }],
      contexts: [{ name: "farm", context: { cluster: "farm", user: "aws" } }],
      "current-context": "farm",
      users: [
        {
          name: "aws",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1",
              command: "aws",
              args: ["eks", "get-token", "--cluster-name", clusterName, "--region", region],
              interactiveMode: "Never",
            },
          },
        },
      ],
    }),
  );
}

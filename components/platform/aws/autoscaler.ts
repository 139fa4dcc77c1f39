import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { CONFINED, FARM_USER, podDefaults, resources, selector } from "../../buildbarn/pod";
import { type PolicyDocument, policyDocument, trustPods } from "../../identity/policy-document";
import { declareRole } from "../../identity/role";
import { ACCOUNT_MOUNT, ACCOUNT_VOLUME } from "../api-token";
import type { NodePool } from "../platform";
import { AUTOSCALER_CLUSTER_ROLE, AUTOSCALER_ROLE } from "./autoscaler-rules";

/** Where a cluster's nodes are. */
export interface ClusterPlace {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** The cluster's name in EKS. */
  readonly clusterName: string;
}

/** Arguments of what scales the pools of nodes. */
export interface AutoscalerArgs extends ClusterPlace {
  readonly cluster: aws.eks.Cluster;
  /** Cluster Autoscaler of the cluster's own Kubernetes minor, by digest. */
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Nodes that it does not take away: the system's. */
  readonly pool: NodePool;
}

const NAMESPACE = "kube-system";
const NAME = "cluster-autoscaler";

/** What scaling may do: look at every group, and change those that EKS has tagged as this cluster's. */
export function autoscalerPolicy({ region, account, clusterName }: ClusterPlace): PolicyDocument {
  return policyDocument(
    {
      Sid: "Look",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      // Labels and taints of a pool that has no node to read them from.
      Sid: "LookAtEmptyPools",
      Effect: "Allow",
      Action: "eks:DescribeNodegroup",
      Resource: `arn:aws:eks:${region}:${account}:nodegroup/${clusterName}/*`,
    },
    {
      Sid: "Scale",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*`,
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" } },
    },
  );
}

/**
 * Declares what owns the number of nodes: Cluster Autoscaler, between each pool's bounds. A pod that finds no room gets
 * a node of its pool; a node that is not needed for ten minutes goes.
 */
export function declareAutoscaler(
  args: AutoscalerArgs,
  options: pulumi.CustomResourceOptions & { readonly provider: aws.Provider },
  inCluster: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const role = declareRole(NAME, { trust: trustPods(), policy: autoscalerPolicy(args) }, options);
  const identity = new aws.eks.PodIdentityAssociation(
    NAME,
    { clusterName: args.cluster.name, namespace: NAMESPACE, serviceAccount: NAME, roleArn: role.arn },
    options,
  );
  const metadata = { name: NAME, namespace: NAMESPACE, labels: selector(NAME) };
  const account = new kubernetes.core.v1.ServiceAccount(NAME, { metadata }, inCluster);
  const subjects = [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }];
  const apiGroup = "rbac.authorization.k8s.io";
  const everywhere = new kubernetes.rbac.v1.ClusterRole(
    NAME,
    { metadata: { name: NAME }, rules: AUTOSCALER_CLUSTER_ROLE },
    inCluster,
  );
  const here = new kubernetes.rbac.v1.Role(NAME, { metadata, rules: AUTOSCALER_ROLE }, inCluster);
  const bindings = [
    new kubernetes.rbac.v1.ClusterRoleBinding(
      NAME,
      {
        metadata: { name: NAME },
        roleRef: { apiGroup, kind: "ClusterRole", name: everywhere.metadata.name },
        subjects,
      },
      inCluster,
    ),
    new kubernetes.rbac.v1.RoleBinding(
      NAME,
      { metadata, roleRef: { apiGroup, kind: "Role", name: here.metadata.name }, subjects },
      inCluster,
    ),
  ];
  return new kubernetes.apps.v1.Deployment(
    NAME,
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selector(NAME) },
        strategy: { type: "Recreate" },
        template: {
          metadata: {
            labels: selector(NAME),
            annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
          },
          spec: autoscalerPod(args, account.metadata.name),
        },
      },
    },
    { ...inCluster, dependsOn: [identity, ...bindings] },
  );
}

function autoscalerPod(
  { image, imagePullPolicy, pool, region, clusterName }: AutoscalerArgs,
  serviceAccountName: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  const tags = ["enabled", clusterName].map((tag) => `k8s.io/cluster-autoscaler/${tag}`).join(",");
  const health = { httpGet: { path: "/health-check", port: 8085 } };
  return {
    ...podDefaults(pool),
    serviceAccountName,
    priorityClassName: "system-cluster-critical",
    securityContext: { runAsNonRoot: true, runAsUser: FARM_USER, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy,
        command: [
          "./cluster-autoscaler",
          "--cloud-provider=aws",
          `--node-group-auto-discovery=asg:tag=${tags}`,
          "--expander=least-waste",
          "--balance-similar-node-groups",
          // Every worker has a folder of its node's; it holds nothing that a new one could not fetch.
          "--skip-nodes-with-local-storage=false",
          "--scale-down-unneeded-time=10m",
          "--max-graceful-termination-sec=7260",
          "--v=2",
        ],
        // Inside the network, where no global endpoint answers.
        env: [
          { name: "AWS_REGION", value: region },
          { name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" },
        ],
        resources: resources({ cpu: "100m", memory: "600Mi" }),
        securityContext: CONFINED,
        livenessProbe: { ...health, initialDelaySeconds: 30, periodSeconds: 30 },
        readinessProbe: { ...health, periodSeconds: 10 },
        volumeMounts: [ACCOUNT_MOUNT],
      },
    ],
    volumes: [ACCOUNT_VOLUME],
  };
}

import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of the access of whoever submits releases. */
export interface ReleaseAccessArgs {
  readonly clusterName: pulumi.Input<string>;
  /** ARN of the role that submits. */
  readonly principalArn: pulumi.Input<string>;
  /** Namespace of the Jobs of releases; it need not be there. */
  readonly releases: string;
}

const GROUP = "monofarm:planner";
const NAME = "monofarm-planner";

/** What submitting may do beyond the namespace of releases: make that one namespace. */
export function namespaceRules(releases: string): kubernetes.types.input.rbac.v1.PolicyRule[] {
  return [
    { apiGroups: [""], resources: ["namespaces"], verbs: ["create"] },
    {
      apiGroups: [""],
      resources: ["namespaces"],
      resourceNames: [releases],
      verbs: ["get", "patch", "update", "delete"],
    },
  ];
}

/** Lets a role submit releases to the cluster: edit one namespace by EKS' own policy, and make it. */
export function declareReleaseAccess(
  args: ReleaseAccessArgs,
  options: pulumi.CustomResourceOptions,
  inCluster: pulumi.CustomResourceOptions,
): void {
  const { clusterName, principalArn } = args;
  const entry = new aws.eks.AccessEntry(NAME, { clusterName, principalArn, kubernetesGroups: [GROUP] }, options);
  new aws.eks.AccessPolicyAssociation(
    NAME,
    {
      clusterName,
      principalArn,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
      accessScope: { type: "namespace", namespaces: [args.releases] },
    },
    { ...options, dependsOn: [entry] },
  );
  const apiGroup = "rbac.authorization.k8s.io";
  const subjects = [{ apiGroup, kind: "Group", name: GROUP }];
  const role = new kubernetes.rbac.v1.ClusterRole(
    NAME,
    { metadata: { name: NAME }, rules: namespaceRules(args.releases) },
    inCluster,
  );
  new kubernetes.rbac.v1.ClusterRoleBinding(
    NAME,
    { metadata: { name: NAME }, roleRef: { apiGroup, kind: "ClusterRole", name: role.metadata.name }, subjects },
    inCluster,
  );
}

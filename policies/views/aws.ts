import type { Resource } from "../rule";
import { resources, type View } from "./view";

export const CLUSTERS = resources("EKS clusters", "aws:eks/cluster:Cluster");
export const ADDONS = resources("EKS add-ons", "aws:eks/addon:Addon");
export const POD_IDENTITIES = resources("EKS pod identities", "aws:eks/podIdentityAssociation:PodIdentityAssociation");
export const SECURITY_GROUPS = resources("security groups", "aws:ec2/securityGroup:SecurityGroup");
export const LAUNCH_TEMPLATES = resources("launch templates", "aws:ec2/launchTemplate:LaunchTemplate");
export const NODE_CLASSES = resources("Karpenter node classes", "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass");
export const LIFECYCLES = resources(
  "bucket lifecycles",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
);
export const REPOSITORIES = resources("ECR repositories", "aws:ecr/repository:Repository");
export const KEYS = resources("KMS keys", "aws:kms/key:Key");
export const STATIC_KEYS = resources(
  "keys that do not expire",
  "aws:iam/accessKey:AccessKey",
  "aws:iam/user:User",
  "aws:ec2/keyPair:KeyPair",
);

/** Node groups; `$families` counts the families of their instance types. */
export const NODE_GROUPS: View = {
  title: "EKS node groups",
  types: ["aws:eks/nodeGroup:NodeGroup"],
  subjects: ({ props }) => {
    const types = props["instanceTypes"];
    const families = Array.isArray(types) ? new Set(types.map((type) => String(type).split(".")[0])).size : types;
    return [{ path: "", value: { ...props, $families: families } }];
  },
};

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

const list = (value: unknown): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** Statements of a policy document, single values as lists of one; `$name` is the resource's. */
function statements(property: string) {
  return ({ name, props }: Resource) => {
    const text = props[property];
    if (typeof text !== "string") return [{ path: property, value: text ?? "nothing" }];
    try {
      const { Statement = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
      return [Statement].flat().map((statement, index) => ({
        path: `${property}.Statement[${index}]`,
        value: { ...statement, Action: list(statement.Action), Resource: list(statement.Resource), $name: name },
      }));
    } catch {
      return [{ path: property, value: "no JSON" }];
    }
  };
}

/** What identities may do. */
export const IAM_STATEMENTS: View = {
  title: "IAM policies",
  types: ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy"],
  subjects: statements("policy"),
};

/** Who may take a role. */
export const ROLE_TRUST: View = {
  title: "IAM roles",
  types: ["aws:iam/role:Role"],
  subjects: statements("assumeRolePolicy"),
};

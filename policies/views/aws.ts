import { UNKNOWN } from "../predicates/condition";
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

export const NODE_POOLS = resources("Karpenter node pools", "kubernetes:karpenter.sh/v1:NodePool");

/** Node groups; `$families` counts the families of their instance types, `$subnets` their subnets. */
export const NODE_GROUPS: View = {
  title: "EKS node groups",
  types: ["aws:eks/nodeGroup:NodeGroup"],
  subjects: ({ props }) => {
    const types = props["instanceTypes"];
    const families = Array.isArray(types) ? new Set(types.map((type) => String(type).split(".")[0])).size : types;
    const ids = props["subnetIds"];
    // Subnets are known to differ before anybody knows their names.
    const subnets = Array.isArray(ids) ? new Set(ids.map((id, at) => (id === UNKNOWN ? at : String(id)))).size : 0;
    return [{ path: "", value: { ...props, $families: families, $subnets: ids === UNKNOWN ? UNKNOWN : subnets } }];
  },
};

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

const list = (value: unknown): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** A policy document: its statements, in which single values are lists of one; `$principals` is everybody who is meant. */
export function document(text: unknown): unknown {
  if (text === UNKNOWN) return UNKNOWN;
  if (typeof text !== "string") return "no JSON";
  try {
    const { Statement = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return {
      Statement: [Statement].flat().map((statement) => ({
        ...statement,
        Action: list(statement.Action),
        Resource: list(statement.Resource),
        $principals: principals(statement.Principal),
      })),
    };
  } catch {
    return "no JSON";
  }
}

function principals(principal: unknown): unknown {
  if (typeof principal !== "object" || principal === null) return list(principal);
  return Object.values(principal).flat();
}

/** Statements of a policy document, each by itself; `$name` is the resource's. */
function statements(property: string) {
  return ({ name, props }: Resource) => {
    const read = document(props[property] ?? "nothing");
    if (typeof read !== "object" || read === null) return [{ path: property, value: read }];
    const { Statement } = read as { Statement: object[] };
    return Statement.map((statement, index) => ({
      path: `${property}.Statement[${index}]`,
      value: { ...statement, $name: name },
    }));
  };
}

/** What identities may do. */
export const IAM_STATEMENTS: View = {
  title: "IAM policies",
  types: ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy"],
  subjects: statements("policy"),
};

/** Who may use a key; a key without a policy has AWS' own, which is for its account. */
export const KEY_STATEMENTS: View = {
  title: "policies of KMS keys",
  types: ["aws:kms/key:Key"],
  subjects: (resource) => (resource.props["policy"] === undefined ? [] : statements("policy")(resource)),
};

export const ENDPOINTS = resources("VPC endpoints", "aws:ec2/vpcEndpoint:VpcEndpoint");

/** Who may take a role. */
export const ROLE_TRUST: View = {
  title: "IAM roles",
  types: ["aws:iam/role:Role"],
  subjects: statements("assumeRolePolicy"),
};

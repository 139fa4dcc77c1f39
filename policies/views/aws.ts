import { type Condition, oneOf, UNKNOWN } from "../predicates/condition";
import { cpuOf } from "../predicates/processors";
import { resources, type View } from "./view";

export const CLUSTERS = resources("EKS clusters", "aws:eks/cluster:Cluster");
export const ADDONS = resources("EKS add-ons", "aws:eks/addon:Addon");
export const POD_IDENTITIES = resources("EKS pod identities", "aws:eks/podIdentityAssociation:PodIdentityAssociation");
export const LAUNCH_TEMPLATES = resources("launch templates", "aws:ec2/launchTemplate:LaunchTemplate");
export const NODE_CLASSES = resources("Karpenter node classes", "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass");
export const LIFECYCLES = resources(
  "bucket lifecycles",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
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

/** Node groups whose nodes build. */
export const BUILDING_NODES: Condition = oneOf("labels[farm.build/role]", ["worker", "verify"]);

/**
 * Node groups; `$cpus` counts the generations of their instance types' CPUs, `$subnets` their subnets, and `$template` says
 * whose launch template they have.
 */
export const NODE_GROUPS: View = {
  title: "EKS node groups",
  types: ["aws:eks/nodeGroup:NodeGroup"],
  subjects: ({ props }) => {
    const ids = props["subnetIds"];
    // Subnets are known to differ before anybody knows their names.
    const subnets = Array.isArray(ids) ? new Set(ids.map((id, at) => (id === UNKNOWN ? at : String(id)))).size : 0;
    const $subnets = ids === UNKNOWN ? UNKNOWN : subnets;
    const $template = whoseTemplate(props["launchTemplate"]);
    return [{ path: "", value: { ...props, $cpus: generations(props["instanceTypes"]), $subnets, $template } }];
  },
};

/** That a group has a template of its own is known before the template's id is. */
function whoseTemplate(template: unknown): unknown {
  if (template === UNKNOWN) return UNKNOWN;
  return typeof template === "object" && template !== null && !Array.isArray(template) ? "its own" : "EKS's";
}

/** How many generations of CPUs instance types have; not known while a type that is not known yet may bring a second. */
function generations(types: unknown): unknown {
  if (!Array.isArray(types)) return types;
  const known = new Set(types.filter((type) => type !== UNKNOWN).map((type) => cpuOf(String(type)))).size;
  return known < 2 && types.includes(UNKNOWN) ? UNKNOWN : known;
}

export const ENDPOINTS = resources("VPC endpoints", "aws:ec2/vpcEndpoint:VpcEndpoint");

import { absent, all, every, is, matches, UNKNOWN } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { BUILDING_NODES, NODE_GROUPS } from "../views/aws";
import { IAM_STATEMENTS, POLICY, ROLE } from "../views/iam";
import { isAnybodys, itself, meet, type References, references } from "../views/references";
import { subjectsOf } from "../views/view";

/** What nodes do: pull images, look at the network and the cluster they are in, read what is stored, and write logs. */
const ACTIONS = [
  "(ecr|s3|ec2|eks|autoscaling):(get|list|describe|head)[a-z]*[*]?",
  "ecr:batch(get|check)[a-z]*[*]?",
  "eks-auth:assumeroleforpodidentity",
  "kms:(decrypt|describekey)",
  "logs:(create|put|describe)[a-z]*[*]?",
  "cloudwatch:putmetricdata",
];
const LOOKS_ON = all(absent("NotAction"), every("Action", matches("", `^(${ACTIONS.join("|")})$`)));

/** AWS' own policies for nodes. */
const OF_NODES = [
  "AmazonEKSWorkerNode(Minimal)?Policy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistry(ReadOnly|PullOnly)",
  "AmazonSSMManagedInstanceCore",
  "CloudWatchAgentServerPolicy",
];
const OF_A_NODE = matches("", `^arn:[^:]*:iam::aws:policy/(${OF_NODES.join("|")})$`);

/** A role that nodes which build have, and whether they surely do. */
interface NodeRole {
  readonly role: References;
  readonly isSure: boolean;
}

/** What roles of nodes that build may do, beyond what nodes do. */
export function workerRoleFindings(resources: readonly Resource[]): Finding[] {
  const roles = nodeRoles(resources);
  if (roles.length === 0) return [];
  return resources.flatMap((one) => {
    const [whose, attached] = PLACES[one.type] ?? [];
    if (whose === undefined) return [];
    const place = one.type === ROLE ? itself(one, "name") : references(one, whose);
    const theirs = roles.filter(({ role }) => meet(role, place));
    if (theirs.length === 0 && !isAnybodys(place)) return [];
    const isUnsure = !theirs.some(({ isSure }) => isSure);
    return [
      ...statementFindings(one, isUnsure),
      ...(attached === undefined ? [] : attachmentFindings(one, attached, resources, isUnsure)),
    ];
  });
}

/** Where types say whose policy it is, and which policies they attach. */
const PLACES: Readonly<Record<string, readonly [whose: string, attached?: string]>> = {
  [ROLE]: ["name", "managedPolicyArns"],
  "aws:iam/rolePolicy:RolePolicy": ["role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "aws:iam/policyAttachment:PolicyAttachment": ["roles", "policyArn"],
};

/** Roles by name and by what they are made of: a group has a role's ARN, which ends with the name, and policies the name. */
function nodeRoles(resources: readonly Resource[]): NodeRole[] {
  const given = resources.flatMap((group): NodeRole[] => {
    const answer = NODE_GROUPS.types.includes(group.type) ? evaluate(BUILDING_NODES, group.props).answer : "no";
    if (answer === "no") return [];
    const { urns, names, isOpen } = references(group, "nodeRoleArn");
    const role = { urns, names: names.map((arn) => arn.split("/").at(-1) ?? arn), isOpen };
    return [{ role, isSure: answer === "yes" }];
  });
  const declared = resources.filter(({ type }) => type === ROLE).map((role) => itself(role, "name"));
  return given.flatMap(({ role, isSure }) =>
    [role, ...declared.filter((one) => meet(one, role))].map((each) => ({ role: each, isSure })),
  );
}

function statementFindings(one: Resource, isUnsure: boolean): Finding[] {
  // AWS itself fills in a role's own lists: before the deploy nobody knows them.
  if (!IAM_STATEMENTS.types.includes(one.type) || one.props["inlinePolicies"] === UNKNOWN) return [];
  return subjectsOf(IAM_STATEMENTS, one)
    .filter(({ value }) => evaluate(is("Effect", "Deny"), value).answer !== "yes")
    .flatMap(({ value, path }) => decide(LOOKS_ON, value, path, one, isUnsure));
}

/** Policies of the stack are held by what they say, all others by their names. */
function attachmentFindings(
  one: Resource,
  attached: string,
  resources: readonly Resource[],
  isUnsure: boolean,
): Finding[] {
  const reference = references(one, attached);
  const policies = resources
    .filter(({ type }) => type === POLICY)
    .map((policy) => ({ policy, place: itself(policy, "arn") }))
    .filter(({ place }) => meet(place, reference));
  const others = reference.names.filter((arn) => !policies.some(({ place }) => place.names.includes(arn)));
  const isOpen = reference.isOpen && policies.length === 0 && one.type !== ROLE;
  return [
    ...policies.flatMap(({ policy }) => statementFindings(policy, isUnsure)),
    ...[...others, ...(isOpen ? [UNKNOWN] : [])].flatMap((arn) => decide(OF_A_NODE, arn, attached, one, isUnsure)),
  ];
}

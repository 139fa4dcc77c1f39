import { UNKNOWN } from "../predicates/condition";
import type { Resource } from "../rule";
import type { Subject, View } from "./view";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What security groups let in, rule by rule, whichever resource says so: `$world` whether from networks that nobody owns
 * alone, `$every` whether by all protocols, `fromPort` and `toPort`.
 */
export const OPEN_PORTS: View = {
  title: "ports that security groups open",
  types: [GROUP, DEFAULT_GROUP, RULE, INGRESS_RULE],
  subjects: ({ type, props }: Resource): Subject[] => {
    if (type === INGRESS_RULE || type === RULE) return props["type"] === "egress" ? [] : [subject("", props)];
    const { ingress = [] } = props;
    if (!Array.isArray(ingress)) return [{ path: "ingress", value: ingress }];
    return ingress.map((one: unknown, index) => subject(`ingress[${index}]`, one));
  },
};

function subject(path: string, value: unknown): Subject {
  if (value === UNKNOWN || typeof value !== "object" || value === null || Array.isArray(value)) return { path, value };
  const rule = value as Fields;
  const protocol = rule["protocol"] ?? rule["ipProtocol"] ?? "tcp";
  const networks = [rule["cidrBlocks"], rule["ipv6CidrBlocks"], rule["cidrIpv4"], rule["cidrIpv6"]]
    .filter((one) => one !== undefined && one !== null)
    .flat();
  const every = typeof protocol === "string" ? ["-1", "all"].includes(protocol.toLowerCase()) : protocol;
  return { path, value: { ...rule, $every: every, $world: isWorld(networks) } };
}

/** Shorter prefixes than networks of one owner have: two of them are the whole internet. */
const WORLD = /^[\d.]+\/[0-7]$|:.*\/([0-9]|1[0-5])$/;

function isWorld(networks: readonly unknown[]): unknown {
  if (networks.some((one) => typeof one === "string" && WORLD.test(one))) return true;
  if (networks.includes(UNKNOWN)) return UNKNOWN;
  return networks.every((one) => typeof one === "string") ? false : "no network";
}

import { expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { routeFindings } from "../../policies/stack-rules/routes";
import type { Declared } from "./golden";
import { asResources } from "./judge";

const aws = (type: string, props: object, madeOf: Declared["madeOf"] = {}): Declared => ({
  type: `aws:${type}`,
  props: props as Declared["props"],
  madeOf,
});
const ENDPOINTS = Object.fromEntries(
  ["s3", "ecr.api", "ecr.dkr", "sts"].map((service) => [
    service,
    aws("ec2/vpcEndpoint:VpcEndpoint", { serviceName: `com.amazonaws.eu-west-2.${service}` }),
  ]),
);
const group = (subnetIds: unknown, role: unknown = "worker", madeOf: Declared["madeOf"] = {}) =>
  aws("eks/nodeGroup:NodeGroup", { labels: { "farm.build/role": role }, subnetIds }, madeOf);
const association = (subnetId: unknown, routeTableId: unknown) =>
  aws("ec2/routeTableAssociation:RouteTableAssociation", { subnetId, routeTableId });
const table = (...routes: object[]) => aws("ec2/routeTable:RouteTable", { id: "rtb-1", routes });
const route = (destination: object, routeTableId: unknown = "rtb-1") =>
  aws("ec2/route:Route", { routeTableId, ...destination });
const everywhere = { destinationCidrBlock: "0.0.0.0/0" };
const [workers, associated, own] = [group(["subnet-1"]), association("subnet-1", "rtb-1"), table()];

test.each<[string, Readonly<Record<string, Declared>>, readonly string[]]>([
  ["has a table of its own", { workers, associated, own }, []],
  [
    "has a table with a way to named networks",
    { workers, associated, own: table({ cidrBlock: "10.0.0.0/8", ipv6CidrBlock: "" }) },
    [],
  ],
  ["has a table with a way out", { workers, associated, own, out: route(everywhere) }, ["violated out"]],
  [
    "has a way out in halves",
    { workers, associated, own, out: route({ destinationCidrBlock: "128.0.0.0/1" }) },
    ["violated out"],
  ],
  [
    "has a way out in IPv6",
    { workers, associated, own, out: route({ destinationIpv6CidrBlock: "::/0" }) },
    ["violated out"],
  ],
  [
    "has a way to a list",
    { workers, associated, own, out: route({ destinationPrefixListId: "pl-1" }) },
    ["violated out"],
  ],
  ["is beside another's way out", { workers, associated, own, out: route(everywhere, "rtb-2") }, []],
  [
    "has the network's main table",
    { workers, main: aws("ec2/defaultRouteTable:DefaultRouteTable", { routes: [] }) },
    ["violated workers"],
  ],
  ["has a table that nobody sees", { workers, associated }, ["violated workers"]],
  [
    "has a second subnet, without a table",
    { workers: group(["subnet-1", "subnet-2"]), associated, own },
    ["violated workers"],
  ],
  ["is of verifiers, without a table", { verifiers: group(["subnet-1"], "verify") }, ["violated verifiers"]],
  ["is of others, without a table", { storage: group(["subnet-1"], "storage") }, []],
  ["may be of workers, without a table", { nodes: group(["subnet-1"], UNKNOWN) }, ["undecided nodes"]],
  ["is in subnets that are not known yet", { workers: group(UNKNOWN), associated, own }, ["undecided workers"]],
  [
    "has a table that is not known yet",
    { workers, associated: association("subnet-1", UNKNOWN), own },
    ["undecided workers"],
  ],
  [
    "is in a subnet that is to come, whose table is to come",
    {
      subnet: aws("ec2/subnet:Subnet", {}),
      workers: group([UNKNOWN], "worker", { subnetIds: ["subnet"] }),
      own: aws("ec2/routeTable:RouteTable", { routes: [] }),
      associated: {
        ...association(UNKNOWN, UNKNOWN),
        madeOf: { subnetId: ["subnet"], routeTableId: ["own"] },
      },
      out: { ...route(everywhere, UNKNOWN), madeOf: { routeTableId: ["own"] } },
    },
    ["violated out"],
  ],
])("a node group that %s", (_what, declared, expected) => {
  const found = routeFindings(asResources({ ...ENDPOINTS, ...declared }));
  expect(found.map(({ kind, urn }) => `${kind} ${urn}`)).toEqual(expected);
});

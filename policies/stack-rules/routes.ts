import { all, any, every, is, matches, unlessSet, UNKNOWN } from "../predicates/condition";
import { anyHolds, evaluate } from "../predicates/evaluate";
import { NETWORK } from "../predicates/networks";
import { decide, type Finding, type Resource } from "../rule";
import { BUILDING_NODES, ENDPOINTS, NODE_GROUPS } from "../views/aws";
import { isAnybodys, itself, meet, type References, references } from "../views/references";

const SUBNET = "aws:ec2/subnet:Subnet";
const TABLES = ["aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"];
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const TAGGED = is("tags[farm.build/role]", "worker");

/** A route goes to a network that it names, and not to the internet in a few large parts. */
const NEAR = all(
  ...["cidrBlock", "destinationCidrBlock", "ipv6CidrBlock", "destinationIpv6CidrBlock"].map((block) =>
    any(unlessSet(block, ""), matches(block, NETWORK)),
  ),
  unlessSet("destinationPrefixListId", ""),
);

/** A route table that workers' nodes use, and whether they surely do. */
interface Used {
  readonly table: References;
  readonly isSure: boolean;
}

/** Ways out of the subnets of workers' nodes, subnets of which nobody can see that they have none, and endpoints that lack. */
export function routeFindings(resources: readonly Resource[]): Finding[] {
  const groups = resources.filter(({ type }) => NODE_GROUPS.types.includes(type));
  const tables = resources.filter(({ type }) => TABLES.includes(type));
  const ofGroups = groups.map((group) => tablesOf(group, resources));
  const tagged = tables.flatMap((table): Used[] => {
    const { answer } = evaluate(TAGGED, table.props);
    return answer === "no" ? [] : [{ table: itself(table, "id"), isSure: answer === "yes" }];
  });
  const used = [...ofGroups.flatMap((each) => each.used), ...tagged];
  const findings = (one: Resource, reference: References, must: typeof NEAR) => {
    const by = used.filter(({ table }) => meet(table, reference));
    return by.length === 0 ? [] : decide(must, one.props, "", one, !by.some(({ isSure }) => isSure));
  };
  const first = tables.find((table) => used.some((one) => meet(one.table, itself(table, "id"))));
  return [
    ...(first === undefined ? [] : SERVICES.flatMap((service) => endpointFindings(service, first, resources))),
    ...ofGroups.flatMap((each) => each.findings),
    ...tables.flatMap((table) => findings(table, itself(table, "id"), every("routes", NEAR))),
    ...resources
      .filter(({ type }) => type === ROUTE)
      .flatMap((route) => findings(route, references(route, "routeTableId"), NEAR)),
  ];
}

/** The tables of the subnets that a node group of workers lies in. A subnet without one has the network's main table. */
function tablesOf(group: Resource, resources: readonly Resource[]): { used: Used[]; findings: Finding[] } {
  const { answer } = evaluate(BUILDING_NODES, group.props);
  if (answer === "no") return { used: [], findings: [] };
  const unseen = (isOpen: boolean, of: string) =>
    decide(is("", true), isOpen ? UNKNOWN : false, `a route table of ${of}`, group, answer !== "yes");
  const subnets = subnetsOf(group, resources);
  if (subnets.length === 0) return { used: [], findings: unseen(references(group, "subnetIds").isOpen, "its subnets") };
  const associations = resources.filter(({ type }) => type === ASSOCIATION);
  const each = subnets.map((subnet) => {
    const own = associations.filter((one) => meet(references(one, "subnetId"), subnet));
    const named = own.map((one) => references(one, "routeTableId"));
    const tables = resources
      .filter(({ type }) => TABLES.includes(type))
      .map((table) => itself(table, "id"))
      .filter((table) => named.some((one) => meet(one, table)));
    const isOpen = [...named, ...associations.map((one) => references(one, "subnetId"))].some(isAnybodys);
    const used = [...named, ...tables].map((table) => ({ table, isSure: answer === "yes" }));
    return { used, findings: tables.length > 0 ? [] : unseen(isOpen, [...subnet.names, ...subnet.urns].join()) };
  });
  return { used: each.flatMap(({ used }) => used), findings: each.flatMap(({ findings }) => findings) };
}

/** Each subnet of a group by itself: by its name, or, where that is not known yet, as what it will be made of. */
function subnetsOf(group: Resource, resources: readonly Resource[]): References[] {
  const { names, urns, isOpen } = references(group, "subnetIds");
  const made = urns.filter((urn) => resources.some((one) => one.urn === urn && one.type === SUBNET));
  if (names.length > 0 && !isOpen) return names.map((name) => ({ names: [name], urns: [], isOpen }));
  return made.map((urn) => ({ names: [], urns: [urn], isOpen }));
}

/** Services without which nodes that have no way out could not start: images come from ECR and its layers from S3. */
const SERVICES = ["s3", "ecr.api", "ecr.dkr", "sts"];

function endpointFindings(service: string, table: Resource, resources: readonly Resource[]): Finding[] {
  const wanted = matches("serviceName", `\\.${service.replace(".", "\\.")}$`);
  const answers = resources
    .filter(({ type }) => ENDPOINTS.types.includes(type))
    .map(({ props }) => evaluate(wanted, props).answer);
  return decide(is("", true), anyHolds(answers), `a VPC endpoint for ${service}`, table);
}

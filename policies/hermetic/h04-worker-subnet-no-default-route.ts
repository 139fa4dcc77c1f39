import { evaluate } from "../predicates/evaluate";
import { is, matches, oneOf, absent, every, all, any, not, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, type Resource, rule } from "../rule";
import { ENDPOINTS, NODE_GROUPS } from "../views/aws";

const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const TAGGED = is("tags[farm.build/role]", "worker");
const WORKER_GROUP = is("labels[farm.build/role]", "worker");
const LOCAL = all(
  ...["cidrBlock", "destinationCidrBlock", "ipv6CidrBlock", "destinationIpv6CidrBlock"].map((block) =>
    any(absent(block), not(oneOf(block, ["0.0.0.0/0", "::/0"]))),
  ),
);

export const workerSubnetNoDefaultRoute = rule({
  id: "H04",
  name: "worker-subnet-no-default-route",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "components/platform/aws/network.ts",
  requires:
    "no route to 0.0.0.0/0 or ::/0 in the route tables of workers: of the subnets of node groups with the label farm.build/role: worker, and those with it as a tag; endpoints for S3, ECR and STS instead",
  because: "it is the second wall, which stands when the first is badly configured",
  stack: (resources) => {
    const associated = tablesOfWorkerGroups(resources);
    const tables = resources.filter(
      ({ type, props, urn }) => type === TABLE && (associated.has(urn) || evaluate(TAGGED, props).answer !== "no"),
    );
    const routes = resources.filter(
      ({ type, madeOf }) => type === ROUTE && tables.some(({ urn }) => madeOf["routeTableId"]?.includes(urn)),
    );
    const [table] = tables;
    return [
      ...(table === undefined ? [] : SERVICES.flatMap((service) => endpointFindings(service, table, resources))),
      ...tables.flatMap((table) => decide(every("routes", LOCAL), table.props, "", table)),
      ...routes.flatMap((route) => decide(LOCAL, route.props, "", route)),
    ];
  },
});

/** Services without which nodes that have no way out could not start: images come from ECR and its layers from S3. */
const SERVICES = ["s3", "ecr.api", "ecr.dkr", "sts"];

function endpointFindings(service: string, table: Resource, resources: readonly Resource[]): Finding[] {
  const wanted = matches("serviceName", `\\.${service.replace(".", "\\.")}$`);
  const answers = resources
    .filter(({ type }) => ENDPOINTS.types.includes(type))
    .map(({ props }) => evaluate(wanted, props).answer);
  if (answers.includes("yes")) return [];
  const found = answers.includes("unknown") ? UNKNOWN : false;
  return decide(is("", true), found, `a VPC endpoint for ${service}`, table);
}

/** URNs of the route tables of the subnets that node groups of workers lie in. */
function tablesOfWorkerGroups(resources: readonly Resource[]): Set<string> {
  const groups = resources.filter(
    ({ type, props }) => NODE_GROUPS.types.includes(type) && evaluate(WORKER_GROUP, props).answer !== "no",
  );
  const subnets = new Set(groups.flatMap(({ madeOf }) => madeOf["subnetIds"] ?? []));
  const associations = resources.filter(
    ({ type, madeOf }) => type === ASSOCIATION && madeOf["subnetId"]?.some((subnet) => subnets.has(subnet)),
  );
  return new Set(associations.flatMap(({ madeOf }) => madeOf["routeTableId"] ?? []));
}

import { evaluate } from "../predicates/evaluate";
import { is, oneOf, absent, every, all, any, not } from "../predicates/condition";
import { decide, rule } from "../rule";

const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const OF_WORKERS = is("tags[farm.build/role]", "worker");
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
  key: "monofarm:platform.network",
  requires: "no route to 0.0.0.0/0 or ::/0 in the route tables of worker subnets (tag farm.build/role: worker)",
  because: "it is the second wall, which stands when the first is badly configured",
  stack: (resources) => {
    const tables = resources.filter(({ type, props }) => type === TABLE && evaluate(OF_WORKERS, props).answer !== "no");
    const routes = resources.filter(
      ({ type, madeOf }) => type === ROUTE && tables.some(({ urn }) => madeOf["routeTableId"]?.includes(urn)),
    );
    return [
      ...tables.flatMap((table) => decide(every("routes", LOCAL), table.props, "", table)),
      ...routes.flatMap((route) => decide(LOCAL, route.props, "", route)),
    ];
  },
});

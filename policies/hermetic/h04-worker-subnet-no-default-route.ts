import { rule } from "../rule";
import { routeFindings } from "../stack-rules/routes";

export const workerSubnetNoDefaultRoute = rule({
  id: "H04",
  name: "worker-subnet-no-default-route",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "components/platform/aws/network.ts",
  requires:
    "each subnet of node groups with the label farm.build/role: worker or verify has a route table of its own in the stack; these, and those with farm.build/role: worker as a tag, have routes to networks of a /8 at most and none to a prefix list; endpoints for S3, ECR and STS instead",
  because: "it is the second wall, which stands when the first is badly configured",
  stack: routeFindings,
});

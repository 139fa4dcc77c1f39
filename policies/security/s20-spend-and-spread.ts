import { any, atLeast, is, not, oneOf, present } from "../predicates/condition";
import { rule } from "../rule";
import { disruptionFindings } from "../stack-rules/disruption";
import { spendFindings } from "../stack-rules/spend";
import { NODE_GROUPS, NODE_POOLS } from "../views/aws";

/** What loses something with its node, or is alone. */
const LASTING = oneOf("labels[farm.build/role]", ["storage", "system"]);

export const spendAndSpread = rule({
  id: "S20",
  name: "spend-and-spread",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: operations",
  key: "monofarm:platform.pools",
  requires:
    "node groups together have no more nodes, and cost no more, than the budget; Karpenter's pools have limits; storage and system are not on spot capacity, and in two subnets or more; a part of several pods has a PodDisruptionBudget",
  because: "a mistake in a number would be paid for, and a zone, a drain or a spot market would take the farm away",
  settings: {
    nodes: { default: 200, description: "most nodes of all groups together" },
    usdPerHour: { default: 100, description: "most that they cost an hour, on demand, in USD" },
  },
  objects: [
    { on: NODE_GROUPS, when: LASTING, must: not(is("capacityType", "SPOT")) },
    { on: NODE_GROUPS, when: LASTING, must: atLeast("$subnets", 2) },
    { on: NODE_POOLS, must: any(...["cpu", "memory", "nodes"].map((each) => present(`spec.limits.${each}`))) },
  ],
  stack: (resources, { nodes = 0, usdPerHour = 0 }) => [
    ...disruptionFindings(resources),
    ...spendFindings(resources, nodes, usdPerHour),
  ],
});

import { UNKNOWN, is, oneOf, atMost, not } from "../predicates/condition";
import { decide, rule } from "../rule";
import { NODE_GROUPS } from "../views/aws";

export const spendAndSpread = rule({
  id: "S20",
  name: "spend-and-spread",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: operations",
  key: "monofarm:platform.pools",
  requires: "node groups together have no more nodes than the budget, and storage is not on spot capacity",
  because: "a mistake in a number would be paid for, or lose the cache",
  settings: { nodes: { default: 200, description: "most nodes of all groups together" } },
  objects: [
    {
      on: NODE_GROUPS,
      when: oneOf("labels[farm.build/role]", ["storage", "system"]),
      must: not(is("capacityType", "SPOT")),
    },
  ],
  stack: (resources, { nodes = 0 }) => {
    const groups = resources.filter(({ type }) => NODE_GROUPS.types.includes(type));
    const sizes = groups.map(({ props }) => (props["scalingConfig"] as { maxSize?: unknown } | undefined)?.maxSize);
    const [first] = groups;
    if (first === undefined) return [];
    const sum = sizes.includes(UNKNOWN)
      ? UNKNOWN
      : sizes.reduce<number>((total, size) => total + (typeof size === "number" ? size : NaN), 0);
    return decide(atMost("", nodes), sum, "all node groups' scalingConfig.maxSize", first);
  },
});

import prices from "../data/instance-types.json";
import { atMost, UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { NODE_GROUPS } from "../views/aws";

/** What the node groups of a stack come to with every group at its maximum. */
const TOGETHER = "all node groups at scalingConfig.maxSize";

/** More nodes in all node groups together, or USD an hour, than a budget has. */
export function spendFindings(found: readonly Resource[], nodes: number, usdPerHour: number): Finding[] {
  const groups = found.filter(({ type }) => NODE_GROUPS.types.includes(type));
  const [first] = groups;
  if (first === undefined) return [];
  const sizes = groups.map(({ props }) => read(props, "scalingConfig.maxSize"));
  const most = sizes.map(({ kind, value }) => (kind === "unknown" ? UNKNOWN : typeof value === "number" ? value : NaN));
  const unpriced = groups.flatMap((group) => unpricedTypes(group).map((type) => ({ group, type })));
  return [
    ...decide(atMost("", nodes), sum(most), `${TOGETHER}, nodes`, first),
    ...unpriced.map(({ group, type }): Finding => {
      const text = `instanceTypes: ${type}, of which policies/data/instance-types.json has no price`;
      return { kind: "undecided", urn: group.urn, found: text };
    }),
    ...decide(
      atMost("", usdPerHour),
      sum(groups.map((group, at) => usd(group, most[at] ?? NaN))),
      `${TOGETHER}, USD an hour`,
      first,
    ),
  ];
}

type Known = number | typeof UNKNOWN;

/** To cents. */
function sum(numbers: readonly Known[]): Known {
  const known = numbers.filter((one) => one !== UNKNOWN);
  return known.length < numbers.length ? UNKNOWN : Math.round(100 * known.reduce((total, one) => total + one, 0)) / 100;
}

/** What a group costs an hour with so many nodes: those of its dearest type that has a price. */
function usd(group: Resource, nodes: Known): Known {
  const types = instanceTypes(group);
  if (types === UNKNOWN || nodes === UNKNOWN) return UNKNOWN;
  return nodes * Math.max(0, ...types.map((type) => priceOf(type) ?? 0));
}

function unpricedTypes(group: Resource): readonly string[] {
  const types = instanceTypes(group);
  return types === UNKNOWN ? [] : types.filter((type) => priceOf(type) === undefined);
}

function priceOf(type: string): number | undefined {
  return Object.entries(prices.types).find(([name]) => name === type)?.[1].usdPerHour;
}

function instanceTypes({ props }: Resource): readonly string[] | typeof UNKNOWN {
  const types = props["instanceTypes"];
  if (types === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(types)) return [];
  return types.includes(UNKNOWN) ? UNKNOWN : types.map(String);
}

import prices from "../data/instance-types.json";
import { UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import type { Finding, Resource } from "../rule";
import { NODE_GROUPS } from "../views/aws";
import { type Addend, totalFindings } from "./total";

/** What the node groups of a stack come to with every group at its maximum. */
const TOGETHER = "all node groups at scalingConfig.maxSize";

/** More nodes in all node groups together, or USD an hour, than a budget has; nodes of which nobody can say what they cost. */
export function spendFindings(found: readonly Resource[], nodes: number, usdPerHour: number): Finding[] {
  const groups = found
    .filter(({ type }) => NODE_GROUPS.types.includes(type))
    .map((group): Sized => ({ group, most: size(group), types: instanceTypes(group) }));
  const [first] = groups;
  if (first === undefined) return [];
  const all = (addends: readonly Addend[], bound: number, unit: string) =>
    totalFindings(addends, bound, `${TOGETHER}, ${unit}`, first.group);
  return [
    ...all(
      groups.map(({ most }) => most),
      nodes,
      "nodes",
    ),
    ...groups.flatMap(({ group, types }) => unpriced(group, types)),
    ...all(
      groups.map(({ most, types }) => usd(most, types)),
      usdPerHour,
      "USD an hour",
    ),
  ];
}

type Types = readonly string[] | typeof UNKNOWN;

interface Sized {
  readonly group: Resource;
  readonly most: Addend;
  readonly types: Types;
}

function size({ props }: Resource): Addend {
  const { kind, value } = read(props, "scalingConfig.maxSize");
  return kind === "unknown" ? UNKNOWN : typeof value === "number" ? value : NaN;
}

function instanceTypes({ props }: Resource): Types {
  const types = props["instanceTypes"];
  if (types === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(types)) return [];
  return types.includes(UNKNOWN) ? UNKNOWN : types.map(String);
}

function unpriced({ urn }: Resource, types: Types): Finding[] {
  if (types === UNKNOWN) return [];
  const without = types.length === 0 ? ["nothing"] : types.filter((type) => priceOf(type) === undefined);
  const table = "of which policies/data/instance-types.json has no price";
  return without.map((type) => ({ kind: "violated", urn, found: `instanceTypes: ${type}, ${table}` }));
}

/** What so many nodes cost an hour: those of the dearest type that has a price. */
function usd(nodes: Addend, types: Types): Addend {
  if (types === UNKNOWN || nodes === UNKNOWN) return UNKNOWN;
  return nodes * Math.max(0, ...types.map((type) => priceOf(type) ?? 0));
}

function priceOf(type: string): number | undefined {
  return Object.entries(prices.types).find(([name]) => name === type)?.[1].usdPerHour;
}

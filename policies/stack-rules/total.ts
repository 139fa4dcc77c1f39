import { atMost, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, type Resource } from "../rule";

/** A number that may not be known yet, or, as NaN, one that no such resource has. */
export type Addend = number | typeof UNKNOWN;

/** Whether numbers add up to more than a bound, to cents: known ones may be too much already, whatever comes. */
export function totalFindings(addends: readonly Addend[], bound: number, what: string, first: Resource): Finding[] {
  const known = addends.filter((one) => one !== UNKNOWN);
  const total = Math.round(100 * known.reduce((sum, one) => sum + one, 0)) / 100;
  const isOpen = known.length < addends.length && total <= bound;
  return decide(atMost("", bound), isOpen ? UNKNOWN : total, what, first);
}

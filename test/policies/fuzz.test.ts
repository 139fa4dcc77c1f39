import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { checkResource, defaults } from "../../policies/rule";
import { type Declared, GOLDEN } from "./golden";
import { asResources, RULES } from "./judge";

/** Keys that lead to each value inside a value, itself and what only holds others among them. */
function places(value: unknown): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => places(inner).map((rest) => [key, ...rest]))];
}

/** A value with another in a place of it. */
function put(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const fields = copy as Record<string, unknown>;
  fields[key] = put(fields[key], rest, other);
  return copy;
}

/** What the rules find in the golden farm with one value of one resource set to another, as `H18 violated PLACE`. */
function findings(name: string, declared: Declared, place: readonly string[], other: unknown): string[] {
  const changed = { ...declared, props: put(declared.props, place, other) as Declared["props"] };
  const resources = asResources({ ...GOLDEN, [name]: changed });
  return RULES.flatMap((rule) =>
    [
      ...resources.filter((one) => one.name === name).flatMap((one) => checkResource(rule, one)),
      ...(rule.stack?.(resources, defaults(rule)) ?? []),
    ].map(({ kind }) => `${rule.id} ${kind} ${place.join(".")}`),
  );
}

describe("each value of the golden farm", () => {
  const cases = Object.entries(GOLDEN);

  test.each(cases)("%s: that is not known yet breaks no rule", (name, declared) => {
    const found = places(declared.props)
      .filter((place) => place.length > 0)
      .flatMap((place) => findings(name, declared, place, UNKNOWN));
    expect(found.filter((one) => one.includes(" violated "))).toEqual([]);
  });

  test.each(cases)("%s: of another shape is judged", (name, declared) => {
    for (const place of places(declared.props).filter(({ length }) => length > 0))
      for (const other of [null, {}, [], [null], "", 7])
        expect(() => findings(name, declared, place, other)).not.toThrow();
  });
});

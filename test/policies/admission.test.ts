import { run } from "@bufbuild/cel";
import { describe, expect, test } from "vitest";

import { validations } from "../../policies/admission";
import { checkResource, type Resource, type Rule } from "../../policies/rule";
import { POD_VARIABLE } from "../../policies/views/pods";
import { GOLDEN } from "./golden";
import { asResources, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

const CLUSTER = RULES.filter((rule) => validations(rule).length > 0);

/** Whole numbers of JSON are CEL's `int`. */
function asCel(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(asCel);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, asCel(inner)]));
}

/** What the cluster would say of a resource by the checks of a rule that are about its type. */
function admitted(rule: Rule, { type, props }: Resource): boolean[] {
  const kind = type.split(":").at(-1) ?? "";
  const object = asCel({ kind, ...props });
  const bound = (variables: object) => ({ object, variables: new Map(Object.entries(variables)) }) as never;
  const checks = (rule.objects ?? []).filter(({ on }) => on.admission !== undefined);
  return validations(rule)
    .filter((_, index) => checks[index]?.on.types.includes(type))
    .map(({ expression }) => {
      const pod = expression.includes("variables.pod") ? run(POD_VARIABLE, bound({})) : "none";
      return run(expression, bound({ pod })) === true;
    });
}

test("most rules about single objects of the cluster have an admission policy", () => {
  expect(CLUSTER.map(({ id }) => id)).toEqual([
    ...["H01", "H09", "H12", "H13", "H14", "H18", "H20", "H21", "H25"],
    ...["S01", "S02", "S03", "S04", "S16", "S19", "S21"],
  ]);
});

describe("the cluster's admission and the policy pack give the same verdict", () => {
  const cases = [
    ...Object.keys(GOLDEN).map((resource) => ["golden", resource, "", GOLDEN] as const),
    ...MUTANTS.map(({ rule, resource, path, value }) => [rule, resource, path, mutate(resource, path, value)] as const),
  ];
  test.each(cases)("%s: %s %s", (_rule, name, _path, farm) => {
    const resource = asResources(farm).find((one) => one.name === name);
    if (resource === undefined) throw new Error(name);
    for (const rule of CLUSTER) {
      const admission = { ...rule, objects: rule.objects?.filter(({ on }) => on.admission !== undefined) ?? [] };
      const pack = checkResource(admission, resource).length === 0;
      expect(admitted(rule, resource).every(Boolean), rule.id).toBe(pack);
    }
  });
});

test("mutants of the cluster's objects are refused", () => {
  const refused = MUTANTS.filter(({ rule, resource, path, value }) => {
    const found = asResources(mutate(resource, path, value)).find(({ name }) => name === resource);
    const own = CLUSTER.find(({ id }) => id === rule);
    return found !== undefined && own !== undefined && admitted(own, found).includes(false);
  });
  expect(new Set(refused.map(({ rule }) => rule)).size).toBe(CLUSTER.length);
});

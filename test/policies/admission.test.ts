import { describe, expect, test } from "vitest";

import { validations } from "../../policies/admission";
import { checkResource } from "../../policies/rule";
import { admitted } from "./admitted";
import { GOLDEN } from "./golden";
import { asResources, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

const CLUSTER = RULES.filter((rule) => validations(rule).length > 0);

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

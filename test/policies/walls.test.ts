import { describe, expect, test } from "vitest";

import { UserError } from "../../components/user-error";
import { asTexts } from "../../local/stack/stack-file";
import { validations } from "../../policies/admission";
import type { Rule } from "../../policies/rule";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import type { Values } from "../stacks/golden";
import { admitted } from "./admitted";
import { judge, RULES } from "./judge";
import { MUTANTS } from "./mutants";
import { WALL_CASES } from "./walls";

function isConfigurable(values: Values): boolean {
  try {
    checkConfig(FARM_SLICES, asTexts(values), "stacks/Pulumi.kubernetes.yaml", crossCheckFarm);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return false;
  }
}

const ruleOf = (id: string) => RULES.find((rule) => rule.id === id) as Rule;

/** The walls that hold a rule. */
function walls(rule: Rule): string[] {
  return [
    ...(WALL_CASES.some((one) => one.rule === rule.id) ? ["configuration"] : []),
    "pack",
    ...(validations(rule).length > 0 ? ["admission"] : []),
  ];
}

test("shared rules have these walls; the others are the packs' alone, and all have a mutant", () => {
  const shared = RULES.map((rule) => `${rule.id}: ${walls(rule).join(", ")}`).filter((line) => line.includes(","));
  expect(shared.join("\n")).toMatchInlineSnapshot(`
    "H01: configuration, pack, admission
    H09: pack, admission
    H12: pack, admission
    H13: pack, admission
    H14: configuration, pack, admission
    H18: pack, admission
    H20: pack, admission
    H21: pack, admission
    H25: pack, admission
    S01: pack, admission
    S02: pack, admission
    S03: pack, admission
    S04: pack, admission
    S16: pack, admission
    S19: pack, admission
    S21: pack, admission
    S24: pack, admission"
  `);
  expect(RULES.filter(({ id }) => !MUTANTS.some(({ rule }) => rule === id))).toEqual([]);
});

describe("configuration, pack and admission give the same verdict", () => {
  test.each(WALL_CASES.map((one) => [one.rule, one.what, one.holds, one] as const))(
    "%s: %s holds: %s",
    (id, _what, holds, { values, declared }) => {
      expect(isConfigurable(values), "configuration").toBe(holds);
      expect(
        judge({ own: declared }).every(({ rule }) => rule !== id),
        "pack",
      ).toBe(holds);
      expect(admitted(ruleOf(id), declared).every(Boolean), "admission").toBe(holds);
    },
  );
});

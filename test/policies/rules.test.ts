import { describe, expect, test } from "vitest";

import { segments, UNKNOWN } from "../../policies/predicates/condition";
import { message } from "../../policies/rule";
import { type Declared, GOLDEN } from "./golden";
import { judge, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

const violated = (found: ReturnType<typeof judge>) => [
  ...new Set(found.filter(({ finding }) => finding.kind === "violated").map(({ rule }) => rule)),
];

test("the golden farm breaks no rule, and leaves none undecided", () => {
  expect(judge(GOLDEN)).toEqual([]);
});

test("while nobody knows in which namespace the farm will be, nothing is violated, and who calls what is undecided", () => {
  const nowhere = Object.entries(GOLDEN).map(([name, one]): [string, Declared] => {
    const { metadata } = one.props as { readonly metadata?: Readonly<Record<string, unknown>> };
    if (metadata?.["namespace"] === undefined) return [name, one];
    return [name, { ...one, props: { ...one.props, metadata: { ...metadata, namespace: UNKNOWN } } }];
  });
  const role = { ...GOLDEN["role"]?.props, metadata: { namespace: "kube-system" }, rules: [{ verbs: ["*"] }] };
  const elsewhere: Declared = { type: GOLDEN["role"]?.type ?? "", props: role };
  const found = judge({ ...Object.fromEntries(nowhere), elsewhere });
  expect(violated(found)).toEqual([]);
  expect([...new Set(found.map(({ rule }) => rule))]).toEqual(expect.arrayContaining(["H05", "S06", "S25"]));
});

test("each rule has a mutant, and ids and names of their own", () => {
  expect(RULES.map(({ id }) => id).filter((id) => !MUTANTS.some(({ rule }) => rule === id))).toEqual([]);
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  expect(RULES.length).toBeGreaterThanOrEqual(49);
});

describe("a mutant is caught by its rule alone", () => {
  test.each(MUTANTS.map((mutant) => [mutant.rule, mutant.resource, mutant.path, mutant.value, mutant] as const))(
    "%s: %s %s = %j",
    (rule, _resource, _path, _value, mutant) => {
      expect(violated(judge(mutate(mutant.resource, mutant.path, mutant.value)))).toEqual([rule]);
    },
  );
});

/** Paths of mutants in the resource itself, not inside a text. */
const PLAIN = MUTANTS.filter(({ path }) => !path.includes("|"));

describe("a value that is not known yet never passes in silence", () => {
  test.each(MUTANTS.map((mutant) => [mutant.rule, mutant.resource, mutant.path.split("|")[0] ?? "", mutant] as const))(
    "%s: %s %s",
    (rule, resource, path) => {
      const found = judge(mutate(resource, path, UNKNOWN));
      expect(found.map((one) => one.rule)).toContain(rule);
    },
  );
});

describe("a value of a shape that no such resource has is refused", () => {
  test.each(PLAIN.map((mutant) => [mutant.rule, mutant.resource, mutant.path, mutant.value] as const))(
    "%s: %s %s",
    (rule, resource, path, value) => {
      const right = [shape(value), shape(at(GOLDEN[resource]?.props, path))];
      const wrong = [7, true, [7], { a: 7 }, "?"].filter((one) => !right.includes(shape(one)));
      for (const one of wrong) {
        const found = judge(mutate(resource, path, one));
        expect(
          found.map((each) => each.rule),
          JSON.stringify(one),
        ).toContain(rule);
      }
      expect(wrong.length).toBeGreaterThan(2);
    },
  );
});

function shape(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}

function at(value: unknown, path: string): unknown {
  return segments(path).reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

test("a message says what is required, why, and what to change", () => {
  for (const rule of RULES) {
    expect(message(rule)).toContain(`${rule.id} ${rule.name}: required: ${rule.requires}, because ${rule.because}`);
    expect(rule.key.length, rule.id).toBeGreaterThan(3);
    expect(rule.requires, rule.id).not.toMatch(/\.$/);
  }
});

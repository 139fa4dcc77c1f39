import { run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { bazelFlags } from "../../policies/views/bazel-flags";
import { toCel } from "../../policies/predicates/cel";
import {
  absent,
  all,
  any,
  atLeast,
  atMost,
  type Condition,
  every,
  is,
  linesMatch,
  matches,
  not,
  oneOf,
  present,
  some,
  UNKNOWN,
} from "../../policies/predicates/condition";
import { evaluate } from "../../policies/predicates/evaluate";

const text = fc.constantFrom("", "a", "b", "ab");
const item = fc.record({ text, count: fc.integer({ min: 0, max: 3 }), on: fc.boolean() }, { requiredKeys: [] });
const object = fc.record(
  {
    text,
    count: fc.integer({ min: 0, max: 3 }),
    on: fc.boolean(),
    inner: item,
    labels: fc.dictionary(fc.constantFrom("x.y/z", "w"), text),
    items: fc.array(item, { maxLength: 3 }),
    words: fc.array(text, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const leaf = (paths: { text: string[]; count: string[]; on: string[] }): fc.Arbitrary<Condition> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...paths.text), text).map(([path, value]) => is(path, value)),
    fc.constantFrom(...paths.text).map((path) => oneOf(path, ["a", "b"])),
    fc.constantFrom(...paths.text).map((path) => matches(path, "^a.?$")),
    fc.constantFrom(...paths.count).map((path) => atLeast(path, 2)),
    fc.constantFrom(...paths.count).map((path) => atMost(path, 1)),
    fc.constantFrom(...paths.on).map((path) => is(path, true)),
    fc.constantFrom(...paths.text, ...paths.count, ...paths.on).map(present),
    fc.constantFrom(...paths.text, ...paths.count, ...paths.on).map(absent),
  );

const combined = (of: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
  fc.oneof(
    of,
    of.map(not),
    fc.array(of, { maxLength: 3 }).map((parts) => all(...parts)),
    fc.array(of, { maxLength: 3 }).map((parts) => any(...parts)),
  );

const inItem = combined(leaf({ text: ["text"], count: ["count"], on: ["on"] }));
const inObject = leaf({
  text: ["text", "inner.text", "labels[x.y/z]", "labels.w"],
  count: ["count", "inner.count"],
  on: ["on", "inner.on"],
});
const condition = combined(
  combined(
    fc.oneof(
      inObject,
      inItem.map((of) => every("items", of)),
      inItem.map((of) => some("items", of)),
      fc.constantFrom("^a\n", "^(a|b\n)*$", "^$", "b").map((pattern) => linesMatch("words", pattern)),
    ),
  ),
);

function asCel(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(asCel);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, asCel(inner)]));
}

test("a condition means the same here and in CEL", () => {
  fc.assert(
    fc.property(condition, object, (about, value) => {
      const { answer } = evaluate(about, value);
      expect(["yes", "no"]).toContain(answer);
      expect(run(toCel(about, "object"), { object: asCel(value) } as never, { funcs: strings })).toBe(answer === "yes");
    }),
    { numRuns: 3000, seed: 20260101 },
  );
});

test("what is not known yet is decided only where either value would decide the same", () => {
  fc.assert(
    fc.property(condition, object, text, (about, value, other) => {
      const { answer } = evaluate(about, { ...value, text: UNKNOWN });
      const known = [{ ...value, text: other }, value].map((one) => evaluate(about, one).answer);
      if (answer !== "unknown") expect(known).toEqual([answer, answer]);
    }),
    { numRuns: 3000, seed: 20260101 },
  );
});

describe("a wrong shape is neither yes nor no", () => {
  test.each([
    [is("a", "x"), { a: 1 }],
    [matches("a", "x"), { a: ["x"] }],
    [atLeast("a", 1), { a: "2" }],
    [every("a", is("", "x")), { a: "x" }],
    [linesMatch("a", "x"), { a: "x" }],
    [linesMatch("a", "x"), { a: ["x", 1] }],
    [present("a.b"), { a: "x" }],
    [not(is("a.b", "x")), { a: ["x"] }],
  ])("%j of %j", (about, value) => {
    expect(evaluate(about, value).answer).toBe("malformed");
    expect(evaluate(not(about), value).answer).toBe("malformed");
  });
});

test("of Bazel flags given twice the last one holds, and action_env adds up", () => {
  const words = [
    "--nostamp",
    "--stamp",
    "--jobs=50",
    "--remote_local_fallback=0",
    "--action_env=A",
    "--action_env=B=1",
    "//x",
  ];
  expect(bazelFlags(words)).toEqual({
    set: { stamp: true, jobs: "50", remote_local_fallback: false },
    environment: ["--action_env=A", "--action_env=B=1"],
    strategies: [],
  });
});

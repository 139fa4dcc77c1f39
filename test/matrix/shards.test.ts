import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { cutShards, type Item, type Shard } from "../../components/matrix/shards";
import { fraction, hash32, score } from "../../components/matrix/stable-hash";

const item = (label: string, weight: number, group = "g", family = "f"): Item => ({ label, weight, group, family });

/** Items of some groups of two families, with the spread of weights of real extensions. */
const items = fc
  .uniqueArray(
    fc.record({
      label: fc.stringMatching(/^[a-z]{1,8}$/),
      group: fc.constantFrom("16.1", "16.2", "17.0", ""),
      weight: fc.constantFrom(9, 28, 128, 400, 908),
    }),
    { selector: ({ label, group }) => `${label}~${group}`, minLength: 1, maxLength: 200 },
  )
  .map((list) => list.map(({ label, group, weight }) => item(`//${label}~${group}`, weight, group, group.slice(0, 2))));

const held = (shards: readonly Shard<Item>[]) =>
  shards.flatMap((shard) => shard.items.map(({ label }) => label)).sort();

function ratio(shards: readonly Shard<Item>[]): number {
  const weights = shards.map(({ weight }) => weight);
  return Math.max(...weights) / (weights.reduce((sum, weight) => sum + weight, 0) / weights.length);
}

/** Shard of each label. */
const places = (shards: readonly Shard<Item>[]) =>
  new Map(shards.flatMap(({ key, items }) => items.map(({ label }) => [label, key] as const)));

function movedShare(before: readonly Shard<Item>[], after: readonly Shard<Item>[]): number {
  const [old, now] = [places(before), places(after)];
  return [...old].filter(([label, key]) => now.get(label) !== key).length / old.size;
}

/** `count` items in 20 groups of one family, weights as in the cost model. */
function many(count: number): Item[] {
  return Array.from({ length: count }, (_, i) => {
    const group = `postgres~16.${i % 20}~full`;
    return item(`//e${Math.floor(i / 20)}~${group}`, i % 97 === 0 ? 508 : i % 7 === 0 ? 128 : 28, group, "postgres~16");
  });
}

describe("what shards are cut by", () => {
  test.each([
    ["", 2872998923],
    ["a", 444641715],
    ["//postgres:postgres~16.9~full", 2294714675],
    ["ünïcode", 3362576538],
  ])("is a hash that never changes: %j", (text, expected) => {
    expect(hash32(text)).toBe(expected);
  });

  test("is a score for each shard, whatever their number", () => {
    expect([0, 1, 2].map((shard) => score(hash32("a"), shard))).toEqual([223267808, 3408004656, 1775517341]);
    expect(fraction(2 ** 31)).toBe(0.5);
    expect(fraction(2 ** 32 - 1)).toBeLessThan(1);
  });
});

describe("shards", () => {
  test("are cut as ever: to cut otherwise would build everything again", () => {
    const cut = cutShards(many(4000), 9000).map(({ key, items: its }) => [key, its.map(({ label }) => label)]);
    expect(createHash("sha256").update(JSON.stringify(cut)).digest("hex")).toBe(
      "031daede552a2c5f4edcc4bdd194624130c5e5f6e3cac8c86a2ccc484fccd842",
    );
  });

  test("hold every item exactly once", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 50, max: 5000 }), (list, target) => {
        expect(held(cutShards(list, target))).toEqual(list.map(({ label }) => label).sort());
      }),
    );
  });

  test("do not depend on the order of the items", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 50, max: 5000 }), fc.nat(), (list, target, seed) => {
        const shuffled = [...list].sort(
          (a, b) => ((a.label.length * 7 + seed) % 5) - ((b.label.length * 7 + seed) % 5),
        );
        expect(cutShards(shuffled.reverse(), target)).toEqual(cutShards(list, target));
      }),
    );
  });

  test("have sorted labels, keys of their own, and none is empty", () => {
    fc.assert(
      fc.property(items, (list) => {
        const shards = cutShards(list, 500);
        expect(new Set(shards.map(({ key }) => key)).size).toBe(shards.length);
        for (const { items: inside } of shards) {
          const labels = inside.map(({ label }) => label);
          expect(labels.length).toBeGreaterThan(0);
          expect(labels).toEqual([...labels].sort());
        }
      }),
    );
  });

  test("exceed the limit only by an item that nothing else could hold", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 500, max: 5000 }), (list, target) => {
        const heaviest = Math.max(...list.map(({ weight }) => weight));
        for (const { weight } of cutShards(list, target)) {
          expect(weight).toBeLessThanOrEqual(1.25 * target + heaviest);
        }
      }),
    );
  });

  test.each([4_000, 20_000, 60_000])("of %i items: the heaviest is at most 1.2 × the mean", (count) => {
    const shards = cutShards(many(count), 9000);
    expect(shards.length).toBeGreaterThan(15);
    expect(ratio(shards)).toBeLessThanOrEqual(1.2);
  });

  test("1 % more items move 1.5 % in the mean over many sizes, and never 2.5 %", () => {
    const shares = Array.from({ length: 8 }, (_, i) => {
      const count = 40_000 + 5000 * i;
      const list = many(Math.floor(count * 1.01));
      const before = cutShards(list.slice(0, count), 6000);
      return movedShare(before, cutShards(list, 6000));
    });
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.025);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThanOrEqual(0.015);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  });

  test("of other groups stay as they are when a version is added", () => {
    const list = many(20_000);
    const more = list.slice(0, 1000).map((old, i) => item(`//new${i}`, old.weight, "postgres~16.20~full", old.family));
    const before = cutShards(list, 1500);
    expect(movedShare(before, cutShards([...list, ...more], 1500))).toBe(0);
  });

  test("of groups that grow alike are not all one more at once", () => {
    const groups = Array.from({ length: 20 }, (_, i) => `postgres~16.${i}~full`);
    const list = groups.flatMap((group) => Array.from({ length: 1350 }, (_, i) => item(`//e${i}~${group}`, 10, group)));
    const shards = cutShards(list, 1000);
    const counts = groups.map((group) => shards.filter(({ key }) => key.startsWith(`${group}#`)).length);
    expect(new Set(counts)).toEqual(new Set([13, 14]));
    const rounded = counts.filter((count) => count === 14).length;
    expect(rounded).toBeGreaterThanOrEqual(8);
    expect(rounded).toBeLessThanOrEqual(12);
  });

  test("keep a PostgreSQL build's targets together where it fills shards of its own", () => {
    for (const { key, items: inside } of cutShards(many(40_000), 1500)) {
      expect(new Set(inside.map(({ group }) => group)).size, key).toBe(1);
    }
  });

  test("keep a small group whole", () => {
    const list = Array.from({ length: 200 }, (_, i) => item(`//t${i}`, 10, `group ${i % 40}`));
    const where = new Map<string, Set<string>>();
    for (const { key, items: inside } of cutShards(list, 500)) {
      for (const { group } of inside) where.set(group, (where.get(group) ?? new Set()).add(key));
    }
    expect(where.size).toBe(40);
    for (const keys of where.values()) expect(keys.size).toBe(1);
  });

  test("weigh by cost, not by count", () => {
    const light = Array.from({ length: 1000 }, (_, i) => item(`//light${i}`, 10, `l${i}`));
    const heavy = Array.from({ length: 10 }, (_, i) => item(`//heavy${i}`, 1000, `h${i}`));
    const shards = cutShards([...light, ...heavy], 4000);
    expect(shards).toHaveLength(5);
    expect(ratio(shards)).toBeLessThanOrEqual(1.2);
    expect(Math.max(...shards.map((shard) => shard.items.length))).toBeGreaterThan(220);
  });
});

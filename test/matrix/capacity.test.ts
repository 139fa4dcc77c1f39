import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ASSUMED_CAPACITY, capacityFor, coreHoursOf, pricePerHour } from "../../components/matrix/capacity";
import { releaseCost } from "../../components/matrix/farm-cost";
import { census, difference, whereHoursGo } from "../../components/matrix/census";
import { costClass, costModel } from "../../components/matrix/cost";
import { type EarlierRun, measuredCosts } from "../../components/matrix/measured";
import { planRelease } from "../../components/matrix/plan-release";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import { parseIndex, readIndex } from "../../components/matrix/read-index";
import type { ShardResult } from "../../components/matrix/result";
import { listTargets, type Target } from "../../components/matrix/targets";

const index = readIndex(join(__dirname, "data/monogres"));
const plan = planRelease({ index });
const targets = listTargets(index).filter(({ manual }) => !manual);

describe("capacity", () => {
  test("counts all of a plan's core-hours, an architecture at a time", () => {
    const expected = targets.reduce((sum, target) => sum + costModel()(target).cpuSeconds, 0) / 3600;
    expect(coreHoursOf(plan, "amd64")).toBeCloseTo(expected, 6);
    expect(coreHoursOf(plan)).toBeCloseTo(2 * expected, 6);
  });

  test.each([1, 0.1, 0.01])("in %d h: the nodes suffice, and one less would not", (hours) => {
    for (const { nodes, coreHours } of capacityFor(plan, hours).pools) {
      const done = (count: number) => count * 16 * 0.8 * hours;
      expect(done(nodes)).toBeGreaterThanOrEqual(coreHours);
      expect(done(nodes - 1)).toBeLessThan(coreHours);
    }
  });

  test("has no price for a release that no node can hold", () => {
    const demand = [{ workerClass: "wide", cores: 8, memoryGiB: 4000, cpuSeconds: 1 } as const];
    const jobs = plan.jobs.slice(0, 1).map((job) => ({ ...job, demand }));
    expect(releaseCost({ ...plan, jobs })).toBeUndefined();
  });

  test("prices the work, whatever the hours: the design's 2,421 core-hours are 189 node-hours", () => {
    const shards = [{ key: "", labels: ["//a"], sources: [], cpuSeconds: 2421 * 3600 }];
    const demand = [{ workerClass: "wide", cores: 8, memoryGiB: 4, cpuSeconds: 2421 * 3600 } as const];
    const jobs = plan.jobs.slice(0, 1).map((job) => ({ ...job, shards, demand }));
    const { release, month } = capacityFor({ ...plan, jobs }, 8, { ...ASSUMED_CAPACITY, releasesPerMonth: 4 });
    const price = (2421 / 0.8 / 16) * 0.8622;
    expect(release.onDemand).toBeCloseTo(price, 6);
    expect(release.spot).toBeCloseTo(price * 0.4 * 1.03, 6);
    const standing = 0.1 + 2 * 0.0898 + 2 * 0.359;
    expect(month.onDemand).toBeCloseTo(4 * price + 730 * standing, 6);
    expect(month.spot).toBeCloseTo(4 * price * 0.4 * 1.03 + 730 * standing, 6);
    const cents = (usd: number) => Math.round(100 * usd) / 100;
    expect(releaseCost({ ...plan, jobs })).toMatchObject({
      usdPerRelease: { onDemand: cents(price), spot: cents(price * 0.4 * 1.03) },
      prices: expect.stringMatching(/20\d\d-\d\d-\d\d/) as string,
    });
  });

  test.each<[string, number, number, number, number]>([
    ["as many workers as a node has cores", 1, 1, 16, 1],
    ["as many as fit, where one is left over", 5, 1, 3, 16 / 15],
    ["as many as its memory holds, and idle cores", 1, 4, 8, 2],
    ["one of its own size", 16, 32, 1, 1],
  ])("puts on a node %s", (_, cores, memoryGiB, perNode, factor) => {
    const demand = [{ workerClass: "wide", cores, memoryGiB, cpuSeconds: 1000 * 3600 } as const];
    const jobs = plan.jobs.slice(0, 1).map((job) => ({ ...job, demand }));
    const [pool] = capacityFor({ ...plan, jobs }, 1).pools;
    expect(pool?.workers[0]?.perNode).toBe(perNode);
    expect(pool?.workers[0]?.nodeHours).toBeCloseTo((factor * 1000) / 16 / 0.8, 9);
    expect(pool?.nodes).toBe(Math.ceil((factor * 1000) / 16 / 0.8));
  });

  test.each([
    [17, 1],
    [1, 33],
  ])("refuses a target of %i cores and %i GiB, which no node holds", (cores, memoryGiB) => {
    const demand = [{ workerClass: "wide", cores, memoryGiB, cpuSeconds: 1 } as const];
    const jobs = plan.jobs.slice(0, 1).map((job) => ({ ...job, demand }));
    expect(() => capacityFor({ ...plan, jobs }, 1)).toThrow(
      /workers of amd64: found c8a\.4xlarge with 16 cores and 32 GiB; allowed: a node of/,
    );
  });

  test("counts every release that is built at once, such as one for each distribution", () => {
    const [one, two] = [1, 2].map((releases) => capacityFor(plan, 1, ASSUMED_CAPACITY, releases));
    expect(two?.release.onDemand).toBeCloseTo(2 * (one?.release.onDemand ?? 0), 9);
    expect(two?.pools[0]?.coreHours).toBeCloseTo(2 * (one?.pools[0]?.coreHours ?? 0), 9);
  });

  test("knows what workers a plan asks for: wide ones for PostgreSQL, narrow ones for all else", () => {
    const [pool] = capacityFor(plan, 1).pools;
    expect(
      pool?.workers.map(({ workerClass, cores, memoryGiB, perNode }) => [workerClass, cores, memoryGiB, perNode]),
    ).toEqual([
      ["wide", 8, 4, 2],
      ["narrow", 1, 1, 16],
    ]);
    // 1,412 targets' hours at 80 %, by the cores of a worker.
    for (const { count, cpuSeconds, cores } of pool?.workers ?? [])
      expect(count).toBe(Math.ceil(cpuSeconds / 3600 / 0.8 / cores));
    expect(pool?.onDemand).toBeCloseTo(pool?.workers.reduce((sum, each) => sum + each.onDemand, 0) ?? 0, 9);
    expect(capacityFor(plan, 0.1).pools[0]?.workers[0]?.count).toBe(
      Math.ceil((pool?.workers[0]?.cpuSeconds ?? 0) / 3600 / 0.8 / 8 / 0.1),
    );
    const seconds = pool?.workers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) ?? 0;
    expect(seconds / 3600).toBeCloseTo(pool?.coreHours ?? 0, 6);
  });

  test("takes its prices from a dated table, and says so", () => {
    expect(pricePerHour("c8gd.4xlarge")).toBe(0.7838);
    expect(capacityFor(plan, 1).assumptions.join("\n")).toMatch(/2026-07-20[^]*80 %[^]*60 %/);
  });
});

describe("costs", () => {
  const find = (label: string) => listTargets(index).find((target) => target.label === label) as Target;
  const cost = costModel();

  test.each([
    ["//postgres:postgres~18.1~full", 408, "wide"],
    ["//postgres:postgres~18.1~barebones", 128, "wide"],
    ["//extensions/contrib:citext~postgres~18.1--tar", 2, "narrow"],
    ["//extensions/citus:citus~13.2.0~postgres~17.7", 248, "narrow"],
    ["//extensions/noset:noset~0.3.0~postgres~17.7", 28, "narrow"],
    ["//postgres:postgres~18.1~full--introspect", 30, "narrow"],
    ["//postgres:postgres~18.1--toolchain", 408, "wide"],
    ["@pg_src//18.1", 2, "narrow"],
  ])("%s: %d CPU-seconds, of class %s", (label, cpuSeconds, workerClass) => {
    expect(cost(find(label))).toEqual({ cpuSeconds, workerClass });
  });

  test("from 600 CPU-seconds are heavy", () => {
    const at = (cpuSeconds: number) => costClass({ cpuSeconds });
    expect([at(599.9), at(600)]).toEqual(["standard", "heavy"]);
  });

  const result = (
    emulated: boolean,
    seconds: number,
    status: "built" | "cached" | "failed" = "built",
  ): ShardResult => ({
    version: 1,
    release: "r",
    job: "j",
    index: 0,
    architecture: "amd64",
    emulated,
    exitCode: 0,
    startedAt: "2026-01-01T00:00:00Z",
    seconds,
    actions: { total: 1, cacheHits: 0, remote: 1 },
    targets: [{ label: "//a", status, seconds }],
  });

  const built = (seconds: number, actions?: number) => ({
    result: result(false, seconds),
    actionSeconds: new Map(actions === undefined ? [] : [["//a", actions]]),
  });
  const events = (seconds: number) => ({ actionSeconds: new Map([["//a", seconds]]) });
  const none = new Map<string, number>();

  test.each<[string, EarlierRun[], number | undefined]>([
    ["one build", [built(10)], 10],
    ["the median of three", [built(10), built(90), built(20)], 20],
    ["the middle of two", [built(10), built(20)], 15],
    ["nothing from a cache hit", [{ result: result(false, 1, "cached"), actionSeconds: none }], undefined],
    ["nothing from a failure", [{ result: result(false, 1, "failed"), actionSeconds: none }], undefined],
    ["nothing from an emulated worker", [{ result: result(true, 500), actionSeconds: none }], undefined],
    ["a target's actions added up, where Bazel tells them", [built(10, 7)], 7],
    [
      "a cache hit by its result, whatever its events say",
      [{ ...events(3), result: result(false, 1, "cached") }],
      undefined,
    ],
    ["the longest run where there are only events", [events(3), events(40), events(0)], 40],
    ["nothing from events that took no time", [events(0)], undefined],
    ["results before events alone", [events(40), built(10)], 10],
  ])("as measured: %s", (_, runs, expected) => {
    expect(measuredCosts(runs).get("//a")).toBe(expected);
    expect(measuredCosts(runs, () => 2).get("//a")).toBe(expected === undefined ? undefined : 2 * expected);
  });
});

describe("counts", () => {
  test("add up along every axis", () => {
    const counted = census(index, targets);
    expect(counted).toMatchObject({ postgresVersions: 22, artifacts: 1412, compiling: 152, contribModules: 60 });
    expect(counted).toMatchObject({ extensions: 3, extensionVersions: 4, parts: 0 });
    expect(counted.majors.map(({ major, artifacts }) => [major, artifacts])).toEqual([
      ["18", 2 * 64],
      ["17", 8 * 63],
      ["16", 12 * 65],
    ]);
  });

  test("of a selection are its own, parts beside artifacts", () => {
    const wanted = ["//postgres:postgres~18.1--toolchain", "//extensions/contrib:citext~postgres~18.1--tar"];
    const counted = census(
      index,
      listTargets(index).filter(({ label }) => wanted.includes(label)),
    );
    expect(counted).toMatchObject({ byKind: { contrib: 1 }, parts: 1, artifacts: 1, compiling: 0 });
    expect(counted.majors).toMatchObject([{ flavour: "postgres", major: "18", versions: 1, contrib: 1, postgres: 0 }]);
  });

  test("of hours are those of the targets, most first", () => {
    const shares = whereHoursGo(targets);
    expect(shares[0]?.name).toBe("postgres full");
    expect(shares.reduce((sum, share) => sum + share.targets, 0)).toBe(1412);
    expect(shares.reduce((sum, { coreHours }) => sum + coreHours, 0)).toBeCloseTo(coreHoursOf(plan, "amd64"), 6);
    expect([...shares].sort((a, b) => b.coreHours - a.coreHours)).toEqual(shares);
  });
});

describe("the difference of two indexes", () => {
  const some = fc.subarray(targets.slice(0, 200));

  test("is what only one of them has, and nothing for the same", () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { added, removed, changed } = difference(before, after);
        expect(added).toEqual(labels(after.filter((target) => !before.includes(target))));
        expect(removed).toEqual(labels(before.filter((target) => !after.includes(target))));
        expect(changed).toEqual([]);
      }),
    );
  });

  test("names targets whose sources changed, their own or PostgreSQL's, or the options of their build", () => {
    const changed = (before: MatrixIndex, after: MatrixIndex) =>
      difference(listTargets(before), listTargets(after)).changed;
    const files = (sources: unknown, options: string[] = []) =>
      parseIndex(
        new Map([
          ["postgres/repo.json", repository({ "16.9": sources }, postgres(options))],
          ["extensions/contrib/contrib.json", JSON.stringify({ modules: { citext: {} } })],
          ["extensions/vector/repo.json", repository({ "0.8.0": { sha256: "a".repeat(64) } }, {})],
        ]),
        "here",
      );
    const repository = (versions: unknown, metadata: unknown) => {
      const sources = { a: { url: "https://example.org/{version}", type: "zip" } };
      return JSON.stringify({ version: 1, sources, versions, metadata });
    };
    const postgres = (options: string[]) => ({
      default_option_set: "full",
      option_sets: { full: options, minimal: [] },
      build_options: { icu: { autoconf: [], meson: [] } },
      build_systems: { meson: "*" },
    });
    const old = files({ sha256: "b".repeat(64) });
    const all = labels(listTargets(old)).filter((label) => !label.startsWith("//smoke"));
    expect(changed(old, files({ sha256: "b".repeat(64) }))).toEqual([]);
    expect(changed(old, files({ sha256: "c".repeat(64) }))).toEqual(all);
    expect(changed(old, files({ sha256: "b".repeat(64) }, ["icu"]))).toEqual(
      all.filter((label) => !label.includes("minimal")),
    );
  });

  test("names targets whose sources are known by their address alone, or by another digest", () => {
    const at = (url: string, digest?: string) =>
      parseIndex(
        new Map([
          [
            "postgres/repo.json",
            JSON.stringify({
              version: 1,
              sources: { a: { url } },
              versions: { "16.9": digest ? { integrity: digest } : {} },
            }),
          ],
        ]),
        "here",
      );
    const changed = (before: MatrixIndex, after: MatrixIndex) =>
      difference(listTargets(before), listTargets(after)).changed.length > 0;
    const sha512 = (fill: number) => `sha512-${Buffer.alloc(64, fill).toString("base64")}`;
    expect(changed(at("https://a/1"), at("https://a/1"))).toBe(false);
    expect(changed(at("https://a/1"), at("https://a/2"))).toBe(true);
    expect(changed(at("https://a/1", sha512(1)), at("https://a/2", sha512(1)))).toBe(false);
    expect(changed(at("https://a/1", sha512(1)), at("https://a/1", sha512(2)))).toBe(true);
  });

  test("of a selection does not call the rest gone", () => {
    expect(difference(targets, targets.slice(0, 5), targets).removed).toEqual([]);
  });
});

const labels = (list: readonly Target[]) => list.map(({ label }) => label).sort();

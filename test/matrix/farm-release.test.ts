import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { type FarmFacts, type FarmRelease, planFarmRelease } from "../../components/matrix/farm-release";
import { readIndex } from "../../components/matrix/read-index";
import { UserError } from "../../components/user-error";

const index = readIndex(join(__dirname, "../../examples/postgres"));

const farm: FarmFacts = {
  workerImages: { amd64: "worker@sha256:1", arm64: "worker@sha256:2" },
  clientImage: "client@sha256:3",
  pools: [
    { architecture: "amd64", workerClass: "wide", emulated: false, concurrency: 3 },
    { architecture: "arm64", workerClass: "wide", emulated: true, concurrency: 5 },
  ],
};
const release: FarmRelease = { index, targets: [], architectures: ["amd64"], workspace: "0".repeat(64) };
const plan = (change: Partial<FarmRelease> = {}, facts: Partial<FarmFacts> = {}) =>
  planFarmRelease({ ...release, ...change }, { ...farm, ...facts }, "monofarm:release");

describe("a release on a farm", () => {
  test("is another for another workspace or image, and the same for the same", () => {
    const ids = [
      plan().id,
      plan({ workspace: "1".repeat(64) }).id,
      plan({}, { clientImage: "client@sha256:4" }).id,
      plan({}, { workerImages: { ...farm.workerImages, amd64: "worker@sha256:5" } }).id,
    ];
    expect(new Set(ids).size).toBe(4);
    expect(plan({ parallelism: 1 }, { pools: farm.pools.map((pool) => ({ ...pool, concurrency: 9 })) }).id).toBe(
      ids[0],
    );
  });

  test("has as many pods at once as the farm has workers of one of its architectures, or as it is told", () => {
    const parallelism = (change: Partial<FarmRelease>) =>
      Math.max(...plan({ shardCpuSeconds: 100, ...change }).jobs.map((job) => job.parallelism));
    expect(parallelism({})).toBe(3);
    expect(parallelism({ architectures: ["amd64", "arm64"] })).toBe(5);
    expect(parallelism({ parallelism: 2 })).toBe(2);
    const idle = farm.pools.map((pool) => ({ ...pool, concurrency: 0 }));
    expect(plan({}, { pools: idle }).jobs[0]?.parallelism).toBe(1);
  });

  test("is cut as it is told, of the option sets that are asked for", () => {
    const shards = (change: Partial<FarmRelease>) => plan(change).jobs.flatMap((job) => job.shards);
    expect(shards({})).toHaveLength(1);
    expect(shards({ shardCpuSeconds: 200 }).length).toBeGreaterThan(5);
    const labels = shards({ optionSets: ["minimal"] }).flatMap((shard) => shard.labels);
    expect(labels).toContain("//postgres:postgres~16.9~minimal");
    expect(labels).not.toContain("//postgres:postgres~16.9~regular");
  });

  test("has time by the cores of its workers, ten times as much where they are emulated", () => {
    const cores = (concurrency: number) => farm.pools.map((pool) => ({ ...pool, concurrency }));
    const deadlines = (pools: FarmFacts["pools"]) =>
      plan({ architectures: ["amd64", "arm64"] }, { pools }).jobs.map((job) => job.activeDeadlineSeconds);
    // 1,845 CPU-seconds on two cores: 4 × 1845 / 2 s are less than six hours, ten times that are more.
    expect(deadlines(cores(1))).toEqual([21_600, (10 * 4 * 1845) / 2]);
    expect(deadlines(cores(2))).toEqual([21_600, 21_600]);
  });

  test("of an architecture without workers is refused, with those that there are", () => {
    const amd64 = farm.pools.slice(0, 1);
    expect(() => plan({ architectures: ["amd64", "arm64"] }, { pools: amd64 })).toThrow(UserError);
    expect(() => plan({ architectures: ["arm64"] }, { pools: amd64 })).toThrow(
      "monofarm:release: architectures: found arm64; allowed: what the farm has workers for: amd64",
    );
    expect(() => plan({ targets: ["//nope"] })).toThrow(/^monofarm:release: targets: found "\/\/nope"/);
  });
});

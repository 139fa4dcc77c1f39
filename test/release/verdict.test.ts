import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ShardResult, TargetResult } from "../../components/matrix/result";
import { bar, situation } from "../../local/release/follow";
import { jobState } from "../../local/release/jobs";
import { type IndexState, isCurrent, isRed, readResults, verdicts } from "../../local/release/verdict";

const job = { name: "all-amd64", architecture: "amd64" as const, shards: [{ labels: ["//a:a", "//b:b"] }] };

const target = (label: string, status: TargetResult["status"]): TargetResult => ({ label, status, seconds: 1 });

function result(targets: TargetResult[]): ShardResult {
  return {
    version: 1,
    release: "abc",
    job: job.name,
    index: 0,
    architecture: "amd64",
    emulated: false,
    exitCode: 0,
    startedAt: "2026-01-01T00:00:10.500Z",
    seconds: 5,
    actions: { total: 4, cacheHits: 1, remote: 3 },
    targets,
  };
}

const state = (change: Partial<IndexState>): IndexState => ({
  job,
  index: 0,
  result: undefined,
  ended: false,
  ...change,
});

describe("verdicts", () => {
  it("are pending while an index runs", () => {
    expect(verdicts([state({})]).map(({ status }) => status)).toEqual(["pending", "pending"]);
  });

  it("are red where an index ended without a result, and say why", () => {
    const lost = verdicts([state({ ended: true, reason: "its pod ended with 137" })]);
    expect(lost.map(({ status, message }) => [status, message])).toEqual([
      ["lost", "its pod ended with 137"],
      ["lost", "its pod ended with 137"],
    ]);
    expect(lost.every(isRed)).toBe(true);
  });

  it("are what the result says; a target that it leaves out is lost", () => {
    const found = verdicts([state({ result: result([target("//a:a", "cached")]) })]);
    expect(found.map(({ label, status }) => [label, status])).toEqual([
      ["//a:a", "cached"],
      ["//b:b", "lost"],
    ]);
  });

  it("are one for each target of each index, whatever there is", () => {
    const status = fc.constantFrom<TargetResult["status"]>("built", "cached", "failed", "skipped");
    const some = fc.record({ a: fc.option(status), b: fc.option(status), ended: fc.boolean(), done: fc.boolean() });
    fc.assert(
      fc.property(fc.array(some), (indexes) => {
        const states = indexes.map(({ a, b, ended, done }) => {
          const targets = [...(a ? [target("//a:a", a)] : []), ...(b ? [target("//b:b", b)] : [])];
          return state({ ended, result: done ? result(targets) : undefined });
        });
        const all = verdicts(states);
        expect(all).toHaveLength(2 * indexes.length);
        const green = indexes.every(
          ({ a, b, done }) => done && [a, b].every((one) => one === "built" || one === "cached"),
        );
        const pending = all.some((verdict) => verdict.status === "pending");
        expect(all.some(isRed) || pending).toBe(!green);
      }),
    );
  });
});

describe("readResults", () => {
  const read = (text: string | undefined) =>
    readResults({ text: () => Promise.resolve(text) }, "logs", { id: "abc", jobs: [job] }, new Map());
  it("gives every index what it left, where it left anything", async () => {
    expect(await read(undefined)).toEqual([{ job, index: 0, result: undefined, ended: true }]);
    expect((await read(JSON.stringify(result([]))))[0]?.result).toEqual(result([]));
  });
  it.each([
    ["{", "found no JSON"],
    ["[]", "found Invalid input: expected object, received array"],
    [
      JSON.stringify({ ...result([]), exitCode: "0" }),
      "exitCode: found Invalid input: expected number, received string",
    ],
  ])("names the object where that is no result: %s", async (text, found) => {
    await expect(read(text)).rejects.toThrow(
      `s3://logs/abc/all-amd64/00000/result.json: ${found}; allowed: the result of an index`,
    );
  });
});

describe("isCurrent", () => {
  const of = (creationTimestamp: string) => jobState({ metadata: { creationTimestamp } });
  it("tells a result of this Job from one of a Job of the same name before it", () => {
    expect(isCurrent(result([]), of("2026-01-01T00:00:10Z"))).toBe(true);
    expect(isCurrent(result([]), of("2026-01-01T00:00:11Z"))).toBe(false);
  });
});

describe("jobState", () => {
  const metadata = { creationTimestamp: "2026-01-01T00:00:10Z" };
  const of = (type: string, status: string) => jobState({ metadata, status: { conditions: [{ type, status }] } });
  it.each([
    ["Complete", "True", true, false],
    ["Failed", "True", true, true],
    ["FailureTarget", "True", false, false],
    ["Complete", "False", false, false],
  ])("%s=%s", (type, status, ended, failed) => {
    expect(of(type, status)).toMatchObject({ ended, failed });
  });
  it("runs where nothing is said yet", () => {
    expect(jobState({ metadata })).toMatchObject({ ended: false, failed: false });
  });
});

describe("situation", () => {
  it("adds up indexes that are done and that run", () => {
    const running = {
      version: 1 as const,
      startedAt: "2026-01-01T00:00:00Z",
      phase: "building" as const,
      done: 2,
      total: 12,
      failed: ["//x:y"],
    };
    const done = state({ result: result([target("//a:a", "built"), target("//b:b", "built")]) });
    expect(situation([done, state({})], [running], { running: 1, queued: 9 }, 1)).toBe(
      "[#####-------] 6/16 actions, 1 running, 9 queued, 1 cache hit, 1/2 shards, 1 red",
    );
  });

  it("has a bar between empty and full for any fraction", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (fraction) => {
        expect(bar(fraction)).toMatch(/^\[#*-*\]$/);
        expect(bar(fraction)).toHaveLength(14);
      }),
    );
  });
});

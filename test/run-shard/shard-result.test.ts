import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { type ShardFile, shardResultSchema } from "../../components/matrix/result";
import { readBuildEvents } from "../../components/matrix/run-shard/build-events";
import { readExecutionLog, readSeconds } from "../../components/matrix/run-shard/execution-log";
import {
  infrastructureFault,
  type Outcome,
  shardResult,
  targetResults,
} from "../../components/matrix/run-shard/shard-result";

/** Recorded from Bazel 4.2.3 on the example's //smoke, beside two targets of the recording's own. */
const fixture = (name: string) => readFileSync(join(__dirname, "fixtures", name), "utf8");
const events = readBuildEvents(fixture("build-events.json"));
const spawns = readExecutionLog(fixture("execution-log.json").split("\n"));

const shard: ShardFile = {
  version: 1,
  release: "abc",
  job: "all-amd64",
  index: 0,
  architecture: "amd64",
  labels: ["//smoke:hello", "//smoke:hello_output", "//smoke:broken", "//smoke:after_broken", "//smoke:nope", "//a:b"],
  sources: [],
  workspace: "0".repeat(64),
};

const file = (digit: string, size: number) => ({ sha256: digit.repeat(64), size });
const outcome: Outcome = {
  events,
  spawns,
  seconds: readSeconds(fixture("profile.json")),
  stored: new Map([
    ["bazel-out/k8-fastbuild/bin/smoke/hello.bin", file("a", 762424)],
    ["bazel-out/k8-fastbuild/bin/smoke/hello.txt", file("b", 23)],
  ]),
  printed: () => "this target fails on purpose\n",
};

describe("targetResults", () => {
  const results = targetResults(shard, outcome);
  const of = (label: string) => results.find((result) => result.label === label);

  it("has every label of the shard, in its order", () => {
    expect(results.map(({ label }) => label)).toEqual(shard.labels);
  });

  it("tells what came from the cache from what was built, with what was stored and how long it took", () => {
    expect(of("//smoke:hello")).toEqual({
      label: "//smoke:hello",
      status: "cached",
      sha256: "a".repeat(64),
      size: 762424,
      seconds: 0.327,
    });
    expect(of("//smoke:hello_output")).toMatchObject({ status: "built", sha256: "b".repeat(64), size: 23 });
  });

  it("quotes what a failed action printed", () => {
    expect(of("//smoke:broken")).toMatchObject({ status: "failed", message: "this target fails on purpose" });
    const silent = targetResults(shard, { ...outcome, printed: () => "" });
    expect(silent.find(({ label }) => label === "//smoke:broken")?.message).toMatch(/^bash failed: error executing/);
  });

  it("names the target that another one needed", () => {
    expect(of("//smoke:after_broken")).toMatchObject({
      status: "skipped",
      message: "needs //smoke:broken, which failed",
    });
  });

  it("is red for a label that Bazel does not know or did not come to", () => {
    expect(of("//smoke:nope")).toMatchObject({ status: "failed" });
    expect(of("//smoke:nope")?.message).toContain("no such target '//smoke:nope'");
    expect(of("//a:b")).toEqual({ label: "//a:b", status: "skipped", seconds: 0, message: "Bazel did not come to it" });
  });
});

describe("shardResult", () => {
  it("counts actions and is a result of the contract", () => {
    const result = shardResult(shard, true, new Date(0), 12.5, targetResults(shard, outcome), spawns);
    expect(shardResultSchema.parse(result)).toMatchObject({
      exitCode: 1,
      emulated: true,
      startedAt: "1970-01-01T00:00:00.000Z",
      actions: { total: 3, cacheHits: 1, remote: 0 },
    });
  });

  it("is green only where every target is", () => {
    const green = { ...shard, labels: ["//smoke:hello"] };
    expect(shardResult(green, false, new Date(0), 1, targetResults(green, outcome), spawns).exitCode).toBe(0);
  });
});

describe("infrastructureFault", () => {
  const failed = (code: string, message: string) =>
    readBuildEvents(
      JSON.stringify({
        id: { actionCompleted: { label: "//a:b" } },
        action: { exitCode: 34, failureDetail: { message, spawn: { code } } },
      }) + '\n{"id":{"buildFinished":{}}}',
    );
  const refusal =
    'remote spawn failed: FAILED_PRECONDITION: No workers exist for instance name prefix "" platform ' +
    '{"properties":[{"name":"Arch","value":"arm64"},{"name":"OSFamily","value":"linux"}]}';

  it("is none where every failure is a target's own", () => {
    expect(infrastructureFault(1, events)).toBeUndefined();
    expect(infrastructureFault(1, failed("TIMEOUT", "too slow"))).toBeUndefined();
  });

  it.each([2, 34, 37, 143])("is Bazel's exit code %i", (code) => {
    expect(infrastructureFault(code, events)).toBe(`Bazel ended with ${code}`);
  });

  it("is a Bazel that ended before its build did, even with the exit code of red targets", () => {
    expect(infrastructureFault(1, readBuildEvents(""))).toBe("Bazel ended with 1 before its build did");
  });

  it("is an action that the farm could not run", () => {
    expect(infrastructureFault(1, failed("EXECUTION_FAILED", "remote spawn failed: UNAVAILABLE: gone\nmore"))).toBe(
      "//a:b: EXECUTION_FAILED: remote spawn failed: UNAVAILABLE: gone",
    );
  });

  it("is none where the farm has no workers for the platform: that is the target's, in words", () => {
    const refused = failed("EXECUTION_FAILED", refusal);
    expect(infrastructureFault(1, refused)).toBeUndefined();
    const completed = JSON.stringify({ id: { targetCompleted: { label: "//a:b" } }, completed: {} });
    const both = { ...refused, targets: readBuildEvents(completed).targets };
    const [result] = targetResults({ ...shard, labels: ["//a:b"] }, { ...outcome, events: both, printed: () => "" });
    expect(result?.message).toBe(
      "found an action for Arch=arm64 OSFamily=linux; allowed: a platform that the farm has workers for",
    );
  });
});

describe("seconds of a target's actions", () => {
  const action = (label: string, begin: string, end: string, success = true) =>
    JSON.stringify({
      id: { actionCompleted: { label, primaryOutput: "o" } },
      action: { success, startTime: `2026-01-01T00:00:${begin}Z`, endTime: `2026-01-01T00:00:${end}Z` },
    });

  it("are added up, of the green ones, where Bazel tells when they began", () => {
    const lines = [
      action("//a", "01", "03.5"),
      action("//a", "02.123456789", "03.123456789"),
      action("//b", "01", "02", false),
      action("//c", "02", "01"),
      JSON.stringify({ id: { actionCompleted: { label: "//d" } }, action: { success: true } }),
    ];
    expect(readBuildEvents(lines.join("\n")).seconds).toEqual(new Map([["//a", 3.5]]));
  });

  it("are none of an older Bazel", () => {
    expect(events.seconds.size).toBe(0);
  });
});

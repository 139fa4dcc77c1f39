import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ShardResult, TargetResult } from "../../components/matrix/result";
import { UserError } from "../../components/user-error";
import { releaseDigest } from "../../local/release/release-digest";
import { verdicts } from "../../local/release/verdict";
import { judge } from "../../local/publish/judge";
import { artifacts, CITEXT, green, HELLO, PGVECTOR, POSTGRES, RELEASE, state, TARGETS } from "./values";

function refusal(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a green release", () => {
  test("has its packages published, not the farm's own checks", () => {
    const found = artifacts(state([green(HELLO), green(POSTGRES), green(PGVECTOR), green(CITEXT)]));
    expect(found.map(({ target }) => target.label)).toEqual([POSTGRES, PGVECTOR, CITEXT]);
  });

  test("has those of each architecture, by themselves", () => {
    const both = [state([green(POSTGRES)]), state([green(POSTGRES, "arm64")], { architecture: "arm64" })];
    expect(artifacts(...both).map(({ architecture, sha256 }) => [architecture, sha256])).toEqual([
      ["amd64", green(POSTGRES).sha256],
      ["arm64", green(POSTGRES, "arm64").sha256],
    ]);
  });
});

describe("is refused, in one line that says what and where to see it", () => {
  const failed: TargetResult = { label: PGVECTOR, status: "failed", seconds: 3, message: "no such file" };
  const bare: TargetResult = { label: POSTGRES, status: "built", seconds: 1 };
  test.each([
    [
      "a red target",
      [state([green(POSTGRES), failed])],
      `1 red: ${PGVECTOR} (amd64: failed, s3://farm-logs/0123456789ab/all-amd64/00000/log.txt)`,
    ],
    [
      "a target whose index has no result",
      [state([green(POSTGRES)], { result: undefined, ended: false })],
      "1 pending",
    ],
    [
      "both, both said",
      [state([failed]), state([green(POSTGRES)], { result: undefined, ended: false })],
      `1 red: ${PGVECTOR} (amd64: failed, s3://farm-logs/0123456789ab/all-amd64/00000/log.txt); 1 pending: ${POSTGRES} (amd64: no result yet)`,
    ],
    [
      "two digests of one target",
      [state([green(POSTGRES)]), state([{ ...green(POSTGRES), sha256: "f".repeat(64) }])],
      `1 with more than one digest: ${POSTGRES} (amd64: `,
    ],
    ["a package without an artifact", [state([bare])], "1 green without an artifact"],
  ])("%s", (_name, states, found) => {
    const error = refusal(() => artifacts(...states));
    expect(error.message).not.toContain("\n");
    expect(error.found).toContain("release 0123456789ab, ");
    expect(error.found).toContain(found);
    expect(error.allowed).toBe("a release that is green: ./farm release status");
  });

  test("what a farm's emulated workers built, whatever a pod says of them", () => {
    const emulating = { ...RELEASE, emulated: new Set(["arm64"] as const) };
    const both = [state([green(POSTGRES)]), state([green(POSTGRES, "arm64")], { architecture: "arm64" })];
    const { found } = refusal(() => judge(emulating, both, TARGETS));
    expect(found).toContain(`1 built by emulated workers, for tests alone: ${POSTGRES} (arm64: all-arm64)`);
  });

  test.each<[string, Partial<ShardResult>, string]>([
    ["of another release", { release: "ba9876543210" }, "release ba9876543210 in place of 0123456789ab"],
    ["of another Job", { job: "all-arm64" }, "job all-arm64 in place of all-amd64"],
    ["of another index", { index: 7 }, "index 7 in place of 0"],
    ["of another architecture", { architecture: "arm64" }, "architecture arm64 in place of amd64"],
    ["of emulated workers, which the farm has none of", { emulated: true }, "emulated true in place of false"],
    ["of a Bazel that failed", { exitCode: 1 }, "exitCode 1 in place of 0"],
    [
      "of more labels than were asked for",
      { targets: [green(POSTGRES), green(PGVECTOR)] },
      `labels ${PGVECTOR} ${POSTGRES} in place of ${POSTGRES}`,
    ],
    [
      "of a label twice",
      { targets: [green(POSTGRES), green(POSTGRES)] },
      `labels ${POSTGRES} ${POSTGRES} in place of ${POSTGRES}`,
    ],
  ])("a result %s", (_name, change, found) => {
    const { result, ...planned } = state([green(POSTGRES)]);
    if (result === undefined) throw new Error("no result");
    const error = refusal(() => artifacts({ ...planned, result: { ...result, ...change } }));
    expect(error.message).not.toContain("\n");
    expect(error.found).toBe(
      `release 0123456789ab, s3://farm-logs/0123456789ab/all-amd64/00000/result.json with ${found}`,
    );
  });

  test("what came to something else when it was built", () => {
    const digestOf = (...targets: TargetResult[]) => releaseDigest(verdicts([state(targets)]));
    const one = green(POSTGRES);
    const built = digestOf(one, green(PGVECTOR));
    expect(judge({ ...RELEASE, expected: built }, [state([green(PGVECTOR), one])], TARGETS)).toHaveLength(2);
    for (const other of [
      { ...one, sha256: "f".repeat(64) },
      { ...one, size: 1 },
      { ...one, label: CITEXT },
    ]) {
      const states = [state([other, green(PGVECTOR)])];
      expect(refusal(() => judge({ ...RELEASE, expected: built }, states, TARGETS))).toMatchObject({
        where: "./farm publish --expect",
        found: `release 0123456789ab of digest ${digestOf(other, green(PGVECTOR))}`,
        allowed: built,
      });
    }
    expect(releaseDigest(verdicts([state([one], { architecture: "arm64" })]))).not.toBe(digestOf(one));
    const failed: TargetResult = { label: PGVECTOR, status: "failed", seconds: 3 };
    expect(digestOf(one, failed)).toBe(digestOf(one));
  });

  test("many, of which five are named", () => {
    const labels = Array.from({ length: 8 }, (_, i) => `//x:${i}`);
    const { found } = refusal(() =>
      artifacts(state(labels.map((label) => ({ label, status: "skipped", seconds: 0 })))),
    );
    expect(found).toContain("8 red: //x:0");
    expect(found).toMatch(/ and 3 more$/);
    expect(found).not.toContain("//x:5");
  });
});

test("whatever the results are, only where all of them are green is anything published", () => {
  const status = fc.constantFrom<TargetResult["status"]>("built", "cached", "failed", "skipped");
  fc.assert(
    fc.property(status, status, fc.boolean(), (one, other, done) => {
      const targets = [
        { ...green(POSTGRES), status: one },
        { ...green(PGVECTOR), status: other },
      ];
      const states = [state(targets, done ? {} : { result: undefined, ended: false })];
      const isGreen = done && [one, other].every((each) => each === "built" || each === "cached");
      if (isGreen) expect(artifacts(...states)).toHaveLength(2);
      else expect(() => artifacts(...states)).toThrow(UserError);
    }),
  );
});

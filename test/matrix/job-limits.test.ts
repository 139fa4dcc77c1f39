import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { checkJobLimits, JOB_LIMITS, labelValue } from "../../components/matrix/job-limits";
import type { JobPlan } from "../../components/matrix/plan";
import { planRelease, type ReleaseRequest } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";

const index = readIndex(join(__dirname, "../../examples/postgres"));
const plan = (request: Partial<ReleaseRequest> = {}) => planRelease({ index, ...request });

describe("Kubernetes' limits", () => {
  const shard = { key: "k", labels: ["//a"], sources: [], cpuSeconds: 1 };
  const job = (change: Partial<JobPlan>, completions = 1): JobPlan => ({
    ...(plan().jobs[0] as JobPlan),
    shards: Array.from({ length: completions }, () => shard),
    maxFailedIndexes: completions,
    ...change,
  });

  test.each<[string, JobPlan, RegExp | undefined]>([
    ["100,000 completions", job({ name: "a" }, 100_000), undefined],
    ["100,001 completions", job({ name: "a" }, 100_001), /completions: found 100001 shards; allowed: 1 to 100000/],
    ["a name of 61 with index 0", job({ name: "a".repeat(61) }), undefined],
    ["a name of 62 with index 0", job({ name: "a".repeat(62) }), /a DNS label of at most 63/],
    ["a name of 57 with index 99999", job({ name: "a".repeat(57) }, 100_000), undefined],
    ["a name of 58 with index 99999", job({ name: "a".repeat(58) }, 100_000), /a DNS label of at most 63/],
    ["capitals", job({ name: "Aa" }), /a DNS label/],
    ["parallelism 100,000", job({ parallelism: 100_000 }), undefined],
    ["parallelism 100,001", job({ parallelism: 100_001 }), /parallelism: found 100001/],
    ["parallelism 0", job({ parallelism: 0 }), /parallelism: found 0/],
    ["more failures than completions", job({ maxFailedIndexes: 2 }), /maxFailedIndexes: found 2; allowed: 0 to 1/],
    ["a deadline of two weeks", job({ activeDeadlineSeconds: 1_209_600 }), undefined],
    ["a second more", job({ activeDeadlineSeconds: 1_209_601 }), /activeDeadlineSeconds/],
  ])("%s", (_, tested, refused) => {
    if (refused === undefined)
      expect(() => {
        checkJobLimits(tested);
      }).not.toThrow();
    else
      expect(() => {
        checkJobLimits(tested);
      }).toThrow(refused);
  });

  test("hold for the longest names that a plan can give", () => {
    const names = plan({ shardCpuSeconds: 200 }).jobs.map(({ name }) => name);
    const longest = `introspection-amd64-standard-${"0".repeat(12)}-${JOB_LIMITS.completions - 1}`;
    expect(longest.length).toBeLessThanOrEqual(JOB_LIMITS.hostName);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(longest.length - 6);
  });

  test("label values are kept where they may be, else made of the text and its hash", () => {
    expect(labelValue("postgres-16.9", "0123456789")).toBe("postgres-16.9");
    expect(labelValue("postgres~16.9~full", "0123456789")).toBe("postgres-16-9-full-01234567");
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(labelValue(text, "0123456789abcdef")).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
      }),
    );
  });
});

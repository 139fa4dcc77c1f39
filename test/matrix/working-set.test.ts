import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { measuredSizes } from "../../components/matrix/measured";
import { targetsOf } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { type SizeAssumptions, workingSet } from "../../components/matrix/working-set";

const index = readIndex(join(__dirname, "../../examples/postgres"));
const targets = (...patterns: string[]) => targetsOf({ index, targets: patterns });

/** Sizes that can be told apart in a sum. */
const assumptions: SizeAssumptions = {
  postgres: { barebones: 1_000, "*": 2_000 },
  extension: { "*": 30_000 },
  contrib: 400_000,
  introspection: 0,
  check: 5_000_000,
  source: {
    postgres: { bytes: 10 ** 8, blobs: 1_000, largestBlob: 7 },
    extension: { bytes: 10 ** 9, blobs: 10_000, largestBlob: 7 },
  },
  action: { bytes: 0, blobs: 2 },
  actionResult: { bytes: 11, largest: 17 },
};
const of = (...patterns: string[]) => workingSet(targets(...patterns), { builds: 1, assumptions });

const BAREBONES = "//postgres:postgres~16.9~barebones";
const MINIMAL = "//postgres:postgres~16.9~minimal";
const PGVECTOR = "//extensions/pgvector:pgvector~0.8.0~postgres~16.9";

describe("what a release writes to the farm's storage", () => {
  test.each<[string, string[], number, number, number]>([
    ["a check", ["//smoke:hello"], 5_000_000, 3, 1],
    ["a PostgreSQL, with its source", [BAREBONES], 10 ** 8 + 1_000, 1_003, 1],
    ["two of one source, which counts once", [BAREBONES, MINIMAL], 10 ** 8 + 3_000, 1_006, 2],
    ["an extension, with the PostgreSQL that it is built against", [PGVECTOR], 11 * 10 ** 8 + 31_000, 11_006, 2],
    ["both, and the PostgreSQL but once", [PGVECTOR, BAREBONES], 11 * 10 ** 8 + 31_000, 11_006, 2],
  ])("%s", (_, patterns, bytes, blobs, actions) => {
    const { cas, ac } = of(...patterns);
    expect([cas.bytes, cas.blobs]).toEqual([bytes, blobs]);
    expect(ac).toEqual({ bytes: 11 * actions, blobs: actions, largestBlobBytes: 17 });
  });

  test("is built anew for each architecture and distribution, of the same sources", () => {
    const { cas, ac } = workingSet(targets(BAREBONES), { builds: 4, assumptions });
    expect(cas).toEqual({ bytes: 10 ** 8 + 4_000, blobs: 1_012, largestBlobBytes: 1_000 });
    expect(ac.blobs).toBe(4);
  });

  test("is as large as earlier releases found it, the largest of every architecture", () => {
    const run = (size?: number) => ({
      actionSeconds: new Map(),
      result: {
        version: 1 as const,
        release: "r",
        job: "j",
        index: 0,
        architecture: "amd64" as const,
        emulated: false,
        exitCode: 0,
        startedAt: "2026-01-01T00:00:00Z",
        seconds: 1,
        actions: { total: 1, cacheHits: 0, remote: 1 },
        targets: [{ label: BAREBONES, status: "built" as const, seconds: 1, ...(size !== undefined && { size }) }],
      },
    });
    const measured = measuredSizes([run(60_000), run(70_000), run(), { actionSeconds: new Map() }]);
    expect([...measured]).toEqual([[BAREBONES, 70_000]]);
    const { cas } = workingSet(targets(BAREBONES, MINIMAL), { builds: 1, assumptions, measured });
    expect(cas.bytes).toBe(10 ** 8 + 70_000 + 2_000);
    expect(cas.largestBlobBytes).toBe(70_000);
  });
});

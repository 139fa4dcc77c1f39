import { join } from "node:path";

import { expect, test } from "vitest";

import { planRelease } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { warnOfStorage } from "../../local/release/storage-warnings";

const MIB = 2 ** 20;
const plan = planRelease({ index: readIndex(join(__dirname, "../../examples/postgres")), architectures: ["amd64"] });
const storage = (casMiB: number) => ({
  shards: 2,
  cas: { sizeBytes: casMiB * MIB, meanBlobBytes: 4096, largestBlobBytes: 200 * MIB },
  ac: { sizeBytes: 256 * MIB, meanBlobBytes: 2048, largestBlobBytes: 4 * MIB },
});

test("a release tells before it starts what its farm cannot keep, in the lines that --json has too", () => {
  const lines: string[] = [];
  const progress = { line: (text: string) => lines.push(text) };
  expect(warnOfStorage(plan, { storage: storage(16_384) }, progress)).toEqual([]);
  expect(lines).toEqual([]);
  const small = { ...storage(7600), shards: 1 };
  const tight = { ...small, cas: { ...small.cas, sizeBytes: 38 * 55 * MIB, largestBlobBytes: 55 * MIB } };
  const warnings = warnOfStorage(plan, { storage: tight }, progress);
  expect(warnings).toEqual([
    expect.stringMatching(/^monofarm:storage\.cas\.sizeMiB: .* found 2090, allowed: at least/),
  ]);
  expect(lines).toEqual(warnings.map((warning) => `! ${warning}`));
});

test("a farm that an older version made is to be updated first", () => {
  expect(() => warnOfStorage(plan, {}, { line: () => undefined })).toThrow(
    "stack local: storage: found nothing; allowed: a farm of this version: ./farm up",
  );
});

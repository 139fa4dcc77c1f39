import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { StoreNeed } from "../../components/buildbarn/capacity";
import type { StorageDemand } from "../../components/buildbarn/storage";
import {
  fits,
  releasesWithin,
  shardOf,
  type Shortfall,
  shortfallInWords,
  shortfalls,
  storageFor,
  storageWarnings,
} from "../../components/matrix/storage-plan";
import type { WorkingSet } from "../../components/matrix/working-set";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const KEY = "monofarm:storage";

const LOCAL: StorageDemand = {
  shards: 2,
  cas: { sizeBytes: 8192 * MIB, meanBlobBytes: 65_536, largestBlobBytes: 200 * MIB },
  ac: { sizeBytes: 256 * MIB, meanBlobBytes: 2048, largestBlobBytes: 4 * MIB },
};
const SMALL: WorkingSet = {
  cas: { bytes: GIB, blobs: 20_000, largestBlobBytes: 31 * MIB },
  ac: { bytes: 200_000, blobs: 100, largestBlobBytes: 4 * MIB },
};

const need = fc
  .record({
    bytes: fc.integer({ min: 1, max: 4 * 2 ** 40 }),
    mean: fc.integer({ min: 100, max: 2 ** 20 }),
    largest: fc.integer({ min: 1, max: 2 * GIB }),
  })
  .map(({ bytes, mean, largest }): StoreNeed => {
    return { bytes, blobs: Math.ceil(bytes / mean), largestBlobBytes: Math.min(largest, bytes) };
  });
const sets = fc.record({ cas: need, ac: need });
const shards = fc.integer({ min: 1, max: 64 });
const keep = fc.integer({ min: 1, max: 12 });

/** The storage with what each shortfall says is enough. */
function mended(storage: StorageDemand, found: readonly Shortfall[]): StorageDemand {
  const fields = {
    sizeMiB: ["sizeBytes", MIB],
    largestBlobMiB: ["largestBlobBytes", MIB],
    meanBlobBytes: ["meanBlobBytes", 1],
  };
  return found.reduce((all, { store, key, enough }) => {
    const [field, unit] = fields[key.split(".").at(-1) as keyof typeof fields] as [string, number];
    return { ...all, [store]: { ...all[store], [field]: enough * unit } };
  }, storage);
}

describe("storage for a release", () => {
  test("keeps it, for as many releases and on as many shards as asked for", () => {
    fc.assert(
      fc.property(sets, shards, keep, (set, count, times) => {
        const storage = storageFor(set, count, times);
        expect(shortfalls(set, storage, KEY, times)).toEqual([]);
        for (const { releases } of fits(set, storage, KEY)) expect(releases).toBeGreaterThanOrEqual(times);
      }),
    );
  });

  test("is no larger than it must be: a hundredth less does not keep it", () => {
    fc.assert(
      fc.property(need, shards, keep, (cas, count, times) => {
        // Where bytes decide, not the largest blob.
        fc.pre(cas.bytes / count > 100 * 38 * (256 * MIB + cas.largestBlobBytes));
        const storage = storageFor({ ...SMALL, cas }, count, times);
        const less = { ...storage, cas: { ...storage.cas, sizeBytes: Math.floor(storage.cas.sizeBytes * 0.99) } };
        expect(shortfalls({ ...SMALL, cas }, less, KEY, times).map(({ key }) => key)).toEqual([`${KEY}.cas.sizeMiB`]);
      }),
      { numRuns: 50 },
    );
  });

  test("takes files of actions and results that are larger than any artifact", () => {
    expect(storageFor(SMALL, 2).cas.largestBlobBytes).toBe(256 * MIB);
    expect(storageFor(SMALL, 2).ac.largestBlobBytes).toBe(4 * MIB);
  });

  test("has the fullest shard's part: all of it on one, three standard deviations more than the mean on several", () => {
    const all = { bytes: 10_000 * MIB, blobs: 10_000, largestBlobBytes: MIB };
    expect(shardOf(all, 1)).toEqual(all);
    // 10,000 blobs of 1 MiB: 2,500 + 3 × √(10,000 × ¼ × ¾) = 2,629.9.
    expect(shardOf(all, 4)).toEqual({ bytes: 2_757_654_019, blobs: 2630, largestBlobBytes: MIB });
  });

  test.each([
    [30, 1, 1],
    [30, 4, 4],
    [31, 4, 5],
    [1, 1, 1],
  ])("for %i days at %i releases a month keeps %i releases", (days, month, releases) => {
    expect(releasesWithin(days, month)).toBe(releases);
  });
});

describe("a release whose working set", () => {
  const told = (change: Partial<WorkingSet["cas"]>, storage = LOCAL) =>
    storageWarnings({ ...SMALL, cas: { ...SMALL.cas, ...change } }, storage);

  test("fits is not spoken of", () => {
    expect(told({})).toEqual([]);
  });

  test("exceeds a store names what it needs, what the farm has, and the key to change", () => {
    expect(told({ bytes: 20 * GIB })).toEqual([
      expect.stringMatching(
        /^monofarm:storage\.cas\.sizeMiB: the release needs in each of 2 shards of the CAS \d+ MiB, the farm keeps 5907 MiB; found 8192, allowed: at least \d+$/,
      ) as string,
    ]);
    expect(told({ blobs: 2_000_000 })).toEqual([
      expect.stringMatching(
        /cas\.meanBlobBytes: .* 1002122 blobs, the farm keeps 262\d{3} blobs; found 65536, allowed: at most \d+/,
      ) as string,
    ]);
    expect(told({ largestBlobBytes: 201 * MIB, bytes: 201 * MIB })).toEqual([
      "monofarm:storage.cas.largestBlobMiB: the release needs a blob of 201 MiB, the farm takes 200 MiB; found 200, allowed: at least 201",
    ]);
  });

  test("exceeds the action cache of upstream's example is told so: 20 MiB have 15,887 slots a shard", () => {
    // Such blobs give it the example's key-location map: 1 MiB of 66 bytes a slot.
    const example = { ...LOCAL, ac: { sizeBytes: 20 * MIB, meanBlobBytes: 5290, largestBlobBytes: MIB / 2 } };
    const set = { ...SMALL, ac: { bytes: MIB, blobs: 20_000, largestBlobBytes: MIB / 2 } };
    expect(storageWarnings(set, example)).toEqual([
      expect.stringMatching(/ac\.meanBlobBytes: .* 10213 blobs.* 7943 blobs/),
    ]);
  });

  test("does not fit says so for as many releases as are to be kept", () => {
    const [first, ...others] = shortfalls(SMALL, LOCAL, KEY, 20);
    expect(others).toEqual([]);
    if (first === undefined) throw new Error("no shortfall");
    expect(shortfallInWords(first, 2, 20)).toMatch(/^monofarm:storage\.cas\.sizeMiB: 20 releases need in each of 2/);
  });

  test("fits once every key that is named is changed as told", () => {
    fc.assert(
      fc.property(sets, keep, (set, times) => {
        const found = shortfalls(set, LOCAL, KEY, times);
        expect(shortfalls(set, mended(LOCAL, found), KEY, times)).toEqual([]);
      }),
    );
  });
});

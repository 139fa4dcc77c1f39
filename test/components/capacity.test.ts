import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { planStore, volumeBytes } from "../../components/buildbarn/capacity";
import { UserError } from "../../components/user-error";

const MIB = 2 ** 20;

describe("the layout of a store", () => {
  test.each([
    ["cas", 38, 3],
    ["ac", 36, 1],
  ] as const)("%s has %i blocks, %i of them new", (kind, blocks, newBlocks) => {
    const plan = planStore(kind, { sizeBytes: 3800 * MIB, meanBlobBytes: 65_536, largestBlobBytes: MIB }, "key");
    expect(plan.oldBlocks + plan.currentBlocks + plan.newBlocks + plan.spareBlocks).toBe(blocks);
    expect(plan.newBlocks).toBe(newBlocks);
    expect(plan.blockBytes).toBe(Math.floor((3800 * MIB) / blocks));
  });

  test("refuses a size whose blocks cannot hold the largest blob, and says which can", () => {
    const demand = { sizeBytes: 380 * MIB, meanBlobBytes: 65_536, largestBlobBytes: 11 * MIB };
    expect(() => planStore("cas", demand, "monofarm:storage.cas")).toThrow(UserError);
    expect(() => planStore("cas", demand, "monofarm:storage.cas")).toThrow(
      /monofarm:storage\.cas: found 380 MiB.*at least 418 MiB/,
    );
    expect(planStore("cas", { ...demand, sizeBytes: 418 * MIB }, "key").blockBytes).toBeGreaterThanOrEqual(11 * MIB);
  });

  test("holds the largest blob, four slots for each blob, and fits its volume", () => {
    const sizes = {
      sizeMiB: fc.integer({ min: 1000, max: 1_000_000 }),
      mean: fc.integer({ min: 100, max: 10_000_000 }),
    };
    fc.assert(
      fc.property(fc.record(sizes), ({ sizeMiB, mean }) => {
        const demand = { sizeBytes: sizeMiB * MIB, meanBlobBytes: mean, largestBlobBytes: 20 * MIB };
        const plan = planStore("cas", demand, "key");
        expect(plan.blockBytes).toBeGreaterThanOrEqual(demand.largestBlobBytes);
        expect(plan.keyLocationMapBytes / 66).toBeGreaterThanOrEqual((4 * demand.sizeBytes) / mean);
        expect(volumeBytes([plan, plan])).toBeGreaterThan(2 * (plan.blocksBytes + plan.keyLocationMapBytes));
      }),
    );
  });
});

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { frontendClient } from "../farm/identities";
import { digestOf } from "../farm/remote-execution";
import { MIB, SHARDS } from "./blocks";
import { build, type Built } from "./build";
import { LONG } from "./asked";
import { shrinkStores } from "./small-stores";

/** A CAS of 20 MiB a block: what nobody asks for is gone after 32 of them. */
const SHARD_MIB = 38 * 20;

const BLOB_BYTES = 2 * MIB;

/** MiB a second that others write while a build runs: the whole CAS is new within little more than a minute. */
const PACE = 20;

/** Puts blobs that nobody asks for, until it is told to stop; gives how many MiB were taken. */
async function flood(isOver: (written: number) => boolean, mebibytesPerSecond: number): Promise<number> {
  const started = performance.now();
  let written = 0;
  for (let client = await frontendClient(), count = 0; !isOver(written); count++) {
    // A token lives for ten minutes.
    if (count % 1000 === 999) client = await frontendClient();
    if ((await client.put([randomBytes(BLOB_BYTES)])) === 0) written += BLOB_BYTES / MIB;
    await sleep(Math.max(0, (written / mebibytesPerSecond) * 1000 - (performance.now() - started)));
  }
  return written;
}

async function marker(): Promise<() => Promise<boolean>> {
  const blob = randomBytes(1000);
  expect(await (await frontendClient()).put([blob])).toBe(0);
  return async () => (await (await frontendClient()).read(digestOf(blob))).length > 0;
}

describe.runIf(LONG)("a CAS that is full gives up what nobody asks for", () => {
  let calm: Built;
  let restore: () => Promise<void>;
  beforeAll(async () => {
    calm = await build();
    restore = await shrinkStores(SHARD_MIB);
  });
  afterAll(async () => {
    await restore();
  });

  test("and no build a wrong result", async () => {
    const first = await marker();
    const whole = SHARDS.length * SHARD_MIB;
    const filled = await flood((written) => written > whole, Infinity);
    expect(await first(), "what was written first").toBe(false);

    const second = await marker();
    const state = { isOver: false };
    const others = flood(() => state.isOver, PACE);
    const builds = [await build(), await build(), await build()];
    state.isOver = true;
    const written = await others;
    expect(await second(), "what was written before the builds").toBe(false);
    expect(written).toBeGreaterThan(whole);
    expect(builds.map(({ sha256 }) => sha256)).toEqual(builds.map(() => calm.sha256));
    const started = builds.reduce((sum, { tries }) => sum + tries, 0);
    process.stdout.write(
      `\nA full CAS of ${whole} MiB: ${filled + written} MiB written by others, ${written} of them during ${builds.length} builds, started ${started} times, 0 results wrong or lost\n`,
    );
  });
});

import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

import { expect, test } from "vitest";

import { within } from "../../local/node/supervise";
import { frontendClient } from "../farm/identities";
import { digestOf } from "../farm/remote-execution";
import { CAS_FILES, chunksWritten, flipBit, MIB } from "./blocks";

/** Blobs, and bits of them. */
const COUNT = 100;

/** Seconds that a client waits for a shard, trying again: Bazel does so by itself. */
const PATIENCE_SECONDS = 120;

/** Places in a file where a text stands. */
function placesOf(file: number, text: Buffer): number[] {
  const places: number[] = [];
  for (const offset of chunksWritten(file)) {
    const chunk = Buffer.alloc(MIB + text.length);
    const length = readSync(file, chunk, 0, chunk.length, offset);
    for (let at = chunk.indexOf(text); at !== -1 && at < Math.min(length, MIB); at = chunk.indexOf(text, at + 1))
      places.push(offset + at);
  }
  return places;
}

test("of 100 blobs with a flipped bit none is ever read, and each can be stored again", async () => {
  const client = await frontendClient();
  const marker = randomBytes(32);
  const blobs = Array.from({ length: COUNT }, () => Buffer.concat([marker, randomBytes(40_000)]));
  for (const blob of blobs) expect(await client.put([blob])).toBe(0);

  let flipped = 0;
  for (const path of CAS_FILES) {
    const file = openSync(path, "r+");
    for (const place of placesOf(file, marker)) {
      flipBit(file, place + marker.length + flipped * 100, flipped % 8);
      flipped++;
    }
    closeSync(file);
  }
  expect(flipped).toBe(COUNT);

  const read = await Promise.all(blobs.map((blob) => client.read(digestOf(blob))));
  expect(read.filter((bytes) => bytes.length > 0)).toEqual([]);
  // The first read that fails makes a shard give up what it stored until then; it needs a moment for new room.
  for (const blob of blobs)
    expect(await within(PATIENCE_SECONDS, async () => (await client.put([blob])) === 0)).toBe(true);
  const again = await Promise.all(blobs.map((blob) => client.read(digestOf(blob))));
  expect(again.map((bytes, index) => blobs[index]?.equals(bytes))).toEqual(blobs.map(() => true));
});

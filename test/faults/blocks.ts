import { fstatSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

import { STATE } from "../../local/directories";

export const MIB = 2 ** 20;

/** Folders of the shards' volumes. */
export const SHARDS = ["data-storage-0", "data-storage-1"].map((name) => join(STATE, "volumes", name));

/** Where the shards keep the blobs of the CAS. */
export const CAS_FILES = SHARDS.map((shard) => join(shard, "cas", "blocks"));

/** Offsets of the mebibytes of a sparse file that hold something. */
export function chunksWritten(file: number): number[] {
  const { size } = fstatSync(file);
  const [chunk, nothing] = [Buffer.alloc(MIB), Buffer.alloc(MIB)];
  const offsets: number[] = [];
  for (let at = 0; at < size; at += MIB) {
    const length = readSync(file, chunk, 0, MIB, at);
    if (chunk.compare(nothing, 0, length, 0, length) !== 0) offsets.push(at);
  }
  return offsets;
}

/** Flips one bit of a file. */
export function flipBit(file: number, at: number, bit: number): void {
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.from([byte.readUInt8() ^ (1 << bit)]), 0, 1, at);
}

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { STATE } from "../../local/directories";
import { addressOf, tokenOf } from "../../test/farm/identities";
import { digestOf, RemoteClient } from "../../test/farm/remote-execution";

/** A way to the CAS, and the same bytes on the disk below it. */
export interface Throughput {
  readonly what: string;
  readonly mebibytes: number;
  readonly disk: number;
}

/** Bytes of a blob: below what one message may hold. */
const BLOB_BYTES = 2 * 2 ** 20;

const BLOBS = 64;

/** Writes and reads blobs through the frontend and at a shard, and the same bytes in a file of the same disk. */
export async function storageThroughput(frontend: RemoteClient): Promise<Throughput[]> {
  const shard = new RemoteClient(`${await addressOf("storage")}:8981`, await tokenOf("worker", "storage"));
  const disk = await rawDisk();
  const rows: Throughput[] = [];
  for (const [name, client] of [
    ["the frontend", frontend],
    ["one shard", shard],
  ] as const) {
    const blobs = Array.from({ length: BLOBS }, () => randomBytes(BLOB_BYTES));
    const written = await rate(async () => {
      for (const blob of blobs) if ((await client.put([blob])) !== 0) throw new Error("a blob was refused");
    });
    const read = await rate(async () => {
      for (const blob of blobs)
        if ((await client.read(digestOf(blob))).length !== BLOB_BYTES) throw new Error("a blob is not whole");
    });
    rows.push({ what: `written through ${name}`, mebibytes: written, disk: disk.written });
    rows.push({ what: `read through ${name}`, mebibytes: read, disk: disk.read });
  }
  return rows;
}

/** Mebibytes a second of work on all blobs. */
async function rate(work: () => Promise<void> | void): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return (BLOBS * BLOB_BYTES) / 2 ** 20 / seconds;
}

/** The same sizes to a file: written and forced to disk at the end, read from the page cache, as storage does both. */
async function rawDisk(): Promise<{ written: number; read: number }> {
  const folder = mkdtempSync(join(STATE, "bench-"));
  try {
    const file = openSync(join(folder, "blobs"), "w+");
    const blob = randomBytes(BLOB_BYTES);
    const written = await rate(() => {
      for (let index = 0; index < BLOBS; index++) writeSync(file, blob, 0, BLOB_BYTES, index * BLOB_BYTES);
      fsyncSync(file);
    });
    const read = await rate(() => {
      for (let index = 0; index < BLOBS; index++) readSync(file, blob, 0, BLOB_BYTES, index * BLOB_BYTES);
    });
    closeSync(file);
    return { written, read };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { execFileSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";

import { type ShardFile, shardFileSchema, shardKey, workspaceKey } from "../result";
import { UserError } from "../../user-error";
import type { Places } from "./bazel";
import { type Store, StoreError } from "./store";

/** The list of an index, from the matrix bucket. */
export async function readShard(store: Store, bucket: string, jobDigest: string, index: number): Promise<ShardFile> {
  const key = shardKey(jobDigest, index);
  const text = await store.text(bucket, key);
  const where = `s3://${bucket}/${key}`;
  if (text === undefined) throw new UserError(where, "nothing", "the list that the release's stack stores");
  const parsed = shardFileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new UserError(where, parsed.error.issues[0]?.message ?? "another shape", "a ShardFile");
  return parsed.data;
}

/** Brings workspace and sources to the pod's disk, each checked by its sha256. */
export async function fetchInputs(
  store: Store,
  buckets: { readonly matrix: string; readonly sources: string },
  shard: ShardFile,
  at: Places,
): Promise<void> {
  for (const folder of [at.workspace, at.sources, at.outputRoot]) mkdirSync(folder, { recursive: true });
  await store.fetch(buckets.matrix, workspaceKey(shard.workspace), shard.workspace, at.workspaceTar);
  execFileSync("tar", ["--extract", "--file", at.workspaceTar, "--directory", at.workspace]);
  for (const sha256 of shard.sources) {
    const key = `sha256/${sha256}`;
    await store.fetch(buckets.sources, key, sha256, join(at.sources, sha256)).catch((error: unknown) => {
      if (!(error instanceof StoreError) || error.status !== 404) throw error;
      throw new UserError(`s3://${buckets.sources}/${key}`, "nothing", "a source archive: ./farm release stores them");
    });
  }
}

/** Free MiB of a folder's file system, for messages about a full disk. */
export function freeMebibytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 2 ** 20);
}

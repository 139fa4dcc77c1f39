import { authenticated } from "./identity";
import type { GrpcClient } from "./server";

/** A file used as a block device; sparse until written. */
export interface BlockDevice {
  readonly file: { readonly path: string; readonly sizeBytes: number };
}

/** One store of a shard on local disk: a key-location map (a hash table) and a ring of blocks. */
export interface LocalBlobAccess {
  readonly keyLocationMapOnBlockDevice: BlockDevice;
  readonly keyLocationMapMaximumGetAttempts: number;
  readonly keyLocationMapMaximumPutAttempts: number;
  readonly oldBlocks: number;
  readonly currentBlocks: number;
  /** Must be 1 for every store but the CAS. */
  readonly newBlocks: number;
  readonly blocksOnBlockDevice: { readonly source: BlockDevice; readonly spareBlocks: number };
  /** Without it the store is empty after a restart. The directory must exist. */
  readonly persistent: { readonly stateDirectoryPath: string; readonly minimumEpochInterval: string };
}

/** Where blobs are read from and written to. */
export type BlobAccess =
  | { readonly grpc: { readonly client: GrpcClient } }
  | { readonly local: LocalBlobAccess }
  | {
      readonly sharding: {
        readonly shards: Readonly<Record<string, { readonly backend: BlobAccess; readonly weight: number }>>;
      };
    }
  | { readonly completenessChecking: { readonly backend: BlobAccess; readonly maximumTotalTreeSizeBytes: number } };

/** Port of a storage shard. */
export const STORAGE_PORT = 8981;

/**
 * The CAS or action cache over every shard, each holding an equal part of the keys.
 *
 * A shard's name is hashed to place its keys: renaming one moves its data. Every client must carry the same map.
 * @param shards number of shards, at least 1
 */
export function shardedStorage(shards: number): BlobAccess {
  const names = Array.from({ length: shards }, (_, index) => `storage-${index}`);
  return {
    sharding: {
      shards: Object.fromEntries(
        names.map((name) => [
          name,
          { backend: { grpc: { client: authenticated(`${name}.storage:${STORAGE_PORT}`, "storage") } }, weight: 1 },
        ]),
      ),
    },
  };
}

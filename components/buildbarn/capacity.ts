import { UserError } from "../user-error";

/** What a shard's store must hold. */
export interface StoreDemand {
  /** Bytes of blobs that the store may keep. */
  readonly sizeBytes: number;
  /** Mean bytes of a blob: decides how many keys there are. */
  readonly meanBlobBytes: number;
  /** Bytes of the largest blob: a blob cannot exceed one block. */
  readonly largestBlobBytes: number;
}

/** How a store is laid out on disk. */
export interface StorePlan {
  readonly oldBlocks: number;
  readonly currentBlocks: number;
  readonly newBlocks: number;
  readonly spareBlocks: number;
  readonly blocksBytes: number;
  readonly blockBytes: number;
  readonly keyLocationMapBytes: number;
}

/** Stores of a shard that differ in how blocks grow: the CAS spreads writes over new blocks, the others must not. */
export type StoreKind = "cas" | "ac";

/** Bytes of one key-location record (bb-storage, `BlockDeviceBackedLocationRecordArray`). */
const RECORD_BYTES = 66;

/** Slots in the key-location map for each blob: upstream asks for 2 to 10, so that lookups stay short. */
const SLOTS_PER_BLOB = 4;

/** Fewer than these, and puts of new keys push out keys that are still wanted. */
const LEAST_SLOTS_PER_BLOB = 2;

/** Room on a volume beside the files themselves: file system metadata and the persistent state. */
const VOLUME_MARGIN = 1.05;

const MIB = 2 ** 20;

/**
 * Lays out a store with upstream's block counts: 8 old, 24 current, 3 new (1 for all but the CAS), 3 spare.
 * @throws UserError when the largest blob does not fit into one block
 */
export function planStore(kind: StoreKind, demand: StoreDemand, key: string): StorePlan {
  const blocks = blocksOf(kind);
  const count = countOf(blocks);
  const blockBytes = Math.floor(demand.sizeBytes / count);
  if (blockBytes < demand.largestBlobBytes) {
    const least = Math.ceil((demand.largestBlobBytes * count) / MIB);
    throw new UserError(
      key,
      `${Math.floor(demand.sizeBytes / MIB)} MiB a shard`,
      `at least ${least} MiB a shard, so that the largest blob (${Math.ceil(demand.largestBlobBytes / MIB)} MiB) fits into one of ${count} blocks`,
    );
  }
  const slots = Math.ceil(demand.sizeBytes / demand.meanBlobBytes) * SLOTS_PER_BLOB;
  return {
    ...blocks,
    blocksBytes: demand.sizeBytes,
    blockBytes,
    keyLocationMapBytes: roundUp(slots * RECORD_BYTES, MIB),
  };
}

type Blocks = Pick<StorePlan, "oldBlocks" | "currentBlocks" | "newBlocks" | "spareBlocks">;

function blocksOf(kind: StoreKind): Blocks {
  return { oldBlocks: 8, currentBlocks: 24, newBlocks: kind === "cas" ? 3 : 1, spareBlocks: 3 };
}

function countOf({ oldBlocks, currentBlocks, newBlocks, spareBlocks }: Blocks): number {
  return oldBlocks + currentBlocks + newBlocks + spareBlocks;
}

/** What a store is to keep. */
export interface StoreNeed {
  readonly bytes: number;
  readonly blobs: number;
  readonly largestBlobBytes: number;
}

/**
 * What a store keeps for certain: after a blob was written, so many bytes and blobs may be written before it goes. New
 * blocks fill while old ones go and spare ones are empty, so they do not count; nor does the end of each block, where the
 * next blob may not have fitted.
 * @param largestBlobBytes of what is written
 */
export function kept(plan: StorePlan, largestBlobBytes: number): Pick<StoreNeed, "bytes" | "blobs"> {
  const blocks = plan.oldBlocks + plan.currentBlocks;
  return {
    bytes: blocks * Math.max(0, plan.blockBytes - largestBlobBytes),
    blobs: Math.floor(plan.keyLocationMapBytes / RECORD_BYTES / LEAST_SLOTS_PER_BLOB),
  };
}

/**
 * The smallest store, in whole MiB, that keeps what it needs to.
 * @param largestBlobBytes what it accepts, where that is more than the largest blob that is known
 */
export function storeFor(kind: StoreKind, need: StoreNeed, largestBlobBytes: number): StoreDemand {
  const blocks = blocksOf(kind);
  const largest = Math.max(need.largestBlobBytes, largestBlobBytes);
  const keeping = Math.ceil(need.bytes / (blocks.oldBlocks + blocks.currentBlocks)) + need.largestBlobBytes;
  return {
    sizeBytes: roundUp(Math.max(keeping, roundUp(largest, MIB)) * countOf(blocks), MIB),
    meanBlobBytes: Math.max(1, Math.floor(need.bytes / Math.max(1, need.blobs))),
    largestBlobBytes: roundUp(largest, MIB),
  };
}

/** Bytes of the volume that holds these stores. */
export function volumeBytes(stores: readonly StorePlan[]): number {
  const files = stores.reduce((sum, store) => sum + store.blocksBytes + store.keyLocationMapBytes, 0);
  return roundUp(files * VOLUME_MARGIN, 1024 * MIB);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

import { kept, planStore, storeFor, type StoreKind, type StoreNeed } from "../buildbarn/capacity";
import type { StorageDemand } from "../buildbarn/storage";
import type { WorkingSet } from "./working-set";

const STORES: readonly StoreKind[] = ["cas", "ac"];

const MIB = 2 ** 20;

/**
 * Largest blob that a store must take, whatever a release's artifacts are. In the CAS that is the largest file that any
 * action may write, such as a static library; in the action cache a result with what its action printed.
 */
const LEAST_LARGEST_BLOB: Readonly<Record<StoreKind, number>> = { cas: 256 * MIB, ac: 4 * MIB };

/** Standard deviations by which the fullest shard may exceed its mean. */
const DEVIATIONS = 3;

/** Something that a farm's storage has too little of for a release. */
export interface Shortfall {
  readonly store: StoreKind;
  /** The key to change. */
  readonly key: string;
  /** What the release needs of the fullest shard, and what each has: bytes, or blobs for `meanBlobBytes`. */
  readonly needs: number;
  readonly has: number;
  /** What the key says now, and the value that is enough. */
  readonly found: number;
  readonly enough: number;
}

/** What one store of a farm has for a release. */
export interface StoreFit {
  readonly store: StoreKind;
  /** All shards together. */
  readonly need: StoreNeed;
  /** The fullest shard's part of it. */
  readonly shard: StoreNeed;
  /** What a shard keeps for certain. */
  readonly kept: Pick<StoreNeed, "bytes" | "blobs">;
  /** How many releases like this can be written before the first of them goes. */
  readonly releases: number;
}

/**
 * The fullest shard's part. Keys are spread by their hash: of `blobs` a shard has a binomial share, and its bytes vary the
 * most where all are in blobs of the largest size.
 */
export function shardOf(need: StoreNeed, shards: number): StoreNeed {
  const share = 1 / shards;
  const spread = DEVIATIONS * Math.sqrt(share * (1 - share));
  const part = (all: number, variance: number) => Math.min(all, Math.ceil(all * share + spread * Math.sqrt(variance)));
  return {
    bytes: part(need.bytes, need.bytes * need.largestBlobBytes),
    blobs: part(need.blobs, need.blobs),
    largestBlobBytes: need.largestBlobBytes,
  };
}

/**
 * What `monofarm:storage` should be for releases of this size.
 * @param keep releases that are written before one goes, at least 1
 */
export function storageFor(need: WorkingSet, shards: number, keep = 1): StorageDemand {
  const store = (kind: StoreKind) => storeFor(kind, times(shardOf(need[kind], shards), keep), LEAST_LARGEST_BLOB[kind]);
  return { shards, cas: store("cas"), ac: store("ac") };
}

/**
 * Releases that are written within some days: the retention that a time asks for.
 * @returns at least 1, whole
 */
export function releasesWithin(days: number, releasesPerMonth: number): number {
  return Math.max(1, Math.ceil((days * releasesPerMonth) / 30));
}

/** How a farm's stores fit a release. @throws UserError for a store that cannot be laid out */
export function fits(need: WorkingSet, storage: StorageDemand, key: string): StoreFit[] {
  return STORES.map((store) => {
    const shard = shardOf(need[store], storage.shards);
    const plan = planStore(store, storage[store], `${key}.${store}`);
    const held = kept(plan, shard.largestBlobBytes);
    const releases = Math.min(held.bytes / Math.max(1, shard.bytes), held.blobs / Math.max(1, shard.blobs));
    return { store, need: need[store], shard, kept: held, releases };
  });
}

/**
 * What a farm has too little of for a release, worst first for each store; none where the release fits.
 * @param key configuration key of the storage, `monofarm:storage`
 * @param keep releases that are written before one goes
 */
export function shortfalls(need: WorkingSet, storage: StorageDemand, key: string, keep = 1): Shortfall[] {
  const wanted = storageFor(need, storage.shards, keep);
  return fits(need, storage, key).flatMap(({ store, shard, kept: has }) => {
    const needs = times(shard, keep);
    const [now, enough] = [storage[store], wanted[store]];
    const largest = Math.ceil(needs.largestBlobBytes / MIB);
    const short = (name: string, needed: number, had: number, found: number, enough: number): Shortfall[] =>
      needed <= had ? [] : [{ store, key: `${key}.${store}.${name}`, needs: needed, has: had, found, enough }];
    return [
      ...short("largestBlobMiB", needs.largestBlobBytes, now.largestBlobBytes, now.largestBlobBytes / MIB, largest),
      ...short("sizeMiB", needs.bytes, has.bytes, now.sizeBytes / MIB, enough.sizeBytes / MIB),
      ...short("meanBlobBytes", needs.blobs, has.blobs, now.meanBlobBytes, enough.meanBlobBytes),
    ];
  });
}

/** A shortfall as one line: the key, what the release needs, what the farm has, the value that is enough. */
export function shortfallInWords(
  { store, key, needs, has, found, enough }: Shortfall,
  shards: number,
  keep = 1,
): string {
  const isCount = key.endsWith("meanBlobBytes");
  const amount = (value: number) => (isCount ? `${value} blobs` : mebibytes(value));
  const what = key.endsWith("largestBlobMiB")
    ? "a blob of"
    : `in each of ${shards} shards of the ${store.toUpperCase()}`;
  const keeps = key.endsWith("largestBlobMiB") ? "takes" : "keeps";
  const bound = isCount ? "at most" : "at least";
  return `${key}: ${keep === 1 ? "the release needs" : `${keep} releases need`} ${what} ${amount(needs)}, the farm ${keeps} ${amount(has)}; found ${found}, allowed: ${bound} ${enough}`;
}

/** Configuration key of a farm's storage. */
export const STORAGE_KEY = "monofarm:storage";

/** What to say of a release before it starts on a farm: a line for each thing that its storage has too little of. */
export function storageWarnings(need: WorkingSet, storage: StorageDemand): string[] {
  return shortfalls(need, storage, STORAGE_KEY).map((one) => shortfallInWords(one, storage.shards));
}

function times({ bytes, blobs, largestBlobBytes }: StoreNeed, factor: number): StoreNeed {
  return { bytes: bytes * factor, blobs: blobs * factor, largestBlobBytes };
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

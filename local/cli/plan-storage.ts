import type { StorageDemand } from "../../components/buildbarn/storage";
import {
  fits,
  type Shortfall,
  shortfallInWords,
  shortfalls,
  storageFor,
  STORAGE_KEY,
  type StoreFit,
} from "../../components/matrix/storage-plan";
import type { WorkingSet } from "../../components/matrix/working-set";
import { paint } from "../terminal/colour";
import { count, mean } from "../terminal/numbers";
import { table } from "../terminal/table";

/** A release held against the storage of a farm. */
export interface StorageReport {
  /** File that the farm's storage is from. */
  readonly file: string;
  readonly shards: number;
  /** Releases that are to be written before one goes. */
  readonly keep: number;
  readonly stores: readonly StoreFit[];
  readonly shortfalls: readonly Shortfall[];
  /** What `monofarm:storage` should be. */
  readonly enough: StorageDemand;
  /** Targets whose size comes from earlier releases. */
  readonly measured: number;
}

/** Holds a release against a farm's storage. */
export function storageReport(
  need: WorkingSet,
  storage: StorageDemand,
  about: Pick<StorageReport, "file" | "keep" | "measured">,
): StorageReport {
  const { shards } = storage;
  return {
    ...about,
    shards,
    stores: fits(need, storage, STORAGE_KEY),
    shortfalls: shortfalls(need, storage, STORAGE_KEY, about.keep),
    enough: storageFor(need, shards, about.keep),
  };
}

/** The report as text: what the release writes, what the farm keeps, and the keys to change. */
export function storageInWords({ file, shards, keep, stores, shortfalls, enough, measured }: StorageReport): string {
  const rows = stores.map(({ store, need, shard, kept, releases }) => [
    store.toUpperCase(),
    gibibytes(need.bytes),
    count(need.blobs),
    gibibytes(need.largestBlobBytes),
    gibibytes(shard.bytes),
    gibibytes(kept.bytes),
    mean(Math.floor(10 * releases) / 10),
  ]);
  const headings = ["WRITES", "BLOBS", "LARGEST", "A SHARD", "FARM KEEPS", "RELEASES KEPT"];
  const columns = [{ heading: "STORE" }, ...headings.map((heading) => ({ heading, align: "right" as const }))];
  const known = measured === 0 ? "none measured" : `${count(measured)} targets' as measured`;
  return [
    `${paint("bold", "Storage")} in ${shards} shards of ${file}`,
    table(columns, rows),
    `  - sizes: components/matrix/working-set.ts, ${known}`,
    ...shortfalls.map((one) => paint("yellow", `! ${file}: ${shortfallInWords(one, shards, keep)}`)),
    ...(shortfalls.length === 0
      ? []
      : [`${keep === 1 ? "This release fits" : `${keep} such releases fit`} into`, yaml(enough)]),
  ].join("\n");
}

/** The key as a stack's file has it. */
function yaml({ shards, cas, ac }: StorageDemand): string {
  const store = (name: string, { sizeBytes, meanBlobBytes, largestBlobBytes }: StorageDemand["cas"]) =>
    `    ${name}: { sizeMiB: ${sizeBytes / MIB}, meanBlobBytes: ${meanBlobBytes}, largestBlobMiB: ${largestBlobBytes / MIB} }`;
  return [`  ${STORAGE_KEY}:`, `    shards: ${shards}`, store("cas", cas), store("ac", ac)].join("\n");
}

const MIB = 2 ** 20;

function gibibytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}

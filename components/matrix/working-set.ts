import { assumedOf } from "./assumption";
import type { StoreNeed } from "../buildbarn/capacity";
import type { Target } from "./targets";

/** What a release puts into the farm's stores when nothing of it is there yet, all shards together. */
export interface WorkingSet {
  readonly cas: StoreNeed;
  readonly ac: StoreNeed;
}

/** What stands behind a size that nobody has measured yet; bytes. */
export interface SizeAssumptions {
  /** Artifact of a PostgreSQL build by option set; `*` for any other set. */
  readonly postgres: Readonly<Record<string, number>>;
  /** Artifact of an extension, by its name; `*` for any other. */
  readonly extension: Readonly<Record<string, number>>;
  readonly contrib: number;
  readonly introspection: number;
  readonly check: number;
  /** A source as actions see it: unpacked, each file a blob. */
  readonly source: Readonly<
    Record<"postgres" | "extension", { readonly bytes: number; readonly blobs: number; readonly largestBlob: number }>
  >;
  /** What an action adds beside its artifact: the action, its command and directories, what it printed. */
  readonly action: { readonly bytes: number; readonly blobs: number };
  /** The result of an action, in the action cache. */
  readonly actionResult: { readonly bytes: number; readonly largest: number };
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/**
 * Measured: PostgreSQL 16.9 barebones is a tar of 30.6 MiB (amd64), its tree 6,813 files of 124 MiB; pgvector 0.8.0 is a
 * tar of 370 KiB, its tree 148 files of 0.6 MiB; the check of the farm 745 KiB. The rest are estimates: more options make a
 * larger tar, C++ and Rust extensions tens of MiB, other sources ten times pgvector's. A workspace whose actions take
 * sources packed, as the example's do, needs fewer blobs than this.
 */
export const ASSUMED_SIZES: SizeAssumptions = {
  postgres: { barebones: 31 * MIB, minimal: 36 * MIB, regular: 50 * MIB, full: 64 * MIB, "*": 50 * MIB },
  extension: {
    citus: 8 * MIB,
    documentdb: 20 * MIB,
    mobilitydb: 20 * MIB,
    paradedb: 60 * MIB,
    pg_duckdb: 100 * MIB,
    pg_search: 60 * MIB,
    pgml: 60 * MIB,
    plv8: 100 * MIB,
    postgis: 40 * MIB,
    timescaledb: 8 * MIB,
    timescaledb_toolkit: 40 * MIB,
    vchord: 30 * MIB,
    wrappers: 60 * MIB,
    "*": MIB,
  },
  contrib: 256 * KIB,
  introspection: 256 * KIB,
  check: MIB,
  source: {
    postgres: { bytes: 124 * MIB, blobs: 6813, largestBlob: 4 * MIB },
    extension: { bytes: 6 * MIB, blobs: 1500, largestBlob: 4 * MIB },
  },
  action: { bytes: 64 * KIB, blobs: 12 },
  actionResult: { bytes: 2 * KIB, largest: 4 * MIB },
};

/** Bytes of artifacts by label, as earlier releases measured them; it wins over any assumption. */
export type MeasuredSizes = ReadonlyMap<string, number>;

/** What a working set is made of beside the targets. */
export interface WorkingSetRequest {
  /** How often each target is built: architectures × distributions. */
  readonly builds: number;
  /** @default `ASSUMED_SIZES` */
  readonly assumptions?: SizeAssumptions;
  /** @default none */
  readonly measured?: MeasuredSizes;
}

/**
 * Adds up what a release writes. Sources are the same for every build; artifacts and action results are not. A
 * PostgreSQL that is only built against counts too, for actions read it. O(targets).
 */
export function workingSet(targets: readonly Target[], request: WorkingSetRequest): WorkingSet {
  const { builds, assumptions = ASSUMED_SIZES, measured = new Map<string, number>() } = request;
  const sources = { postgres: new Set<string>(), extension: new Set<string>() };
  const built = new Set<string>();
  const against = new Map<string, number>();
  let [actions, artifacts, largest] = [0, 0, 0];
  const add = (bytes: number) => {
    actions++;
    artifacts += bytes;
    largest = Math.max(largest, bytes);
  };
  for (const target of targets) {
    const { kind, group, label } = target;
    add(measured.get(label) ?? assumed(target, assumptions));
    if (kind === "postgres" && target.part === undefined) built.add(group.key);
    else if (group.key !== "" && kind !== "introspection") {
      against.set(group.key, assumedOf(assumptions.postgres, group.optionSet));
    }
    if (group.key !== "") addSources(sources.postgres, group.sources, `${group.flavour} ${group.version}`);
    if (kind === "extension") addSources(sources.extension, target.sources, `${target.name} ${target.version}`);
  }
  for (const [key, bytes] of against) if (!built.has(key)) add(bytes);

  const { source, action, actionResult } = assumptions;
  const trees = (["postgres", "extension"] as const).map((of) => ({ ...source[of], count: sources[of].size }));
  const sum = (what: "bytes" | "blobs") => trees.reduce((total, tree) => total + tree.count * tree[what], 0);
  for (const tree of trees) if (tree.count > 0) largest = Math.max(largest, tree.largestBlob);
  const results = builds * actions;
  return {
    cas: {
      bytes: sum("bytes") + builds * (artifacts + actions * action.bytes),
      blobs: sum("blobs") + results * (1 + action.blobs),
      largestBlobBytes: largest,
    },
    ac: { bytes: results * actionResult.bytes, blobs: results, largestBlobBytes: actionResult.largest },
  };
}

/** Sources by digest, or by name where the index tells none. */
function addSources(all: Set<string>, digests: readonly string[], name: string): void {
  for (const digest of digests) all.add(digest);
  if (digests.length === 0) all.add(name);
}

function assumed({ kind, part, group, name }: Target, assumptions: SizeAssumptions): number {
  // What comes with a target is small, whatever the target is.
  if (part !== undefined) return assumptions.introspection;
  switch (kind) {
    case "postgres":
      return assumedOf(assumptions.postgres, group.optionSet);
    case "extension":
      return assumedOf(assumptions.extension, name);
    case "contrib":
    case "introspection":
    case "check":
      return assumptions[kind];
  }
}

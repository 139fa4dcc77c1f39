import type { WorkerClass } from "../buildbarn/worker-class";
import { assumedOf } from "./assumption";
import type { Target } from "./targets";

/** What one target costs the workers. */
export interface Cost {
  /** CPU-seconds of its actions on one core of the pool's instance family. */
  readonly cpuSeconds: number;
  /** Class of the workers that its widest action wants. */
  readonly workerClass: WorkerClass;
}

/** What an action of a class is planned with. */
export interface ClassSize {
  /** Cores that it can use at once. */
  readonly cores: number;
  /** GiB that it may hold. */
  readonly memoryGiB: number;
}

/** Sizes of the classes: workers of a farm that builds the whole matrix ask for as much. */
export const CLASS_SIZES: Readonly<Record<WorkerClass, ClassSize>> = {
  narrow: { cores: 1, memoryGiB: 1 },
  wide: { cores: 8, memoryGiB: 4 },
};

/** What stands behind a cost that nobody has measured yet. */
export interface CostAssumptions {
  /** CPU-seconds of a PostgreSQL build by option set; `*` for any other set. */
  readonly postgres: Readonly<Record<string, number>>;
  /** CPU-seconds of cutting a contrib module from a build. */
  readonly contrib: number;
  /** CPU-seconds of an extension, by its name; `*` for any other. */
  readonly extension: Readonly<Record<string, number>>;
  /** CPU-seconds of an introspection: configure alone. */
  readonly introspection: number;
  /** CPU-seconds of a check of the farm. */
  readonly check: number;
  /** CPU-seconds that a compiling action costs beside its work: inputs fetched, outputs stored, sandbox. */
  readonly overhead: number;
}

/**
 * Estimates, to be replaced by what earlier releases measured. PostgreSQL: about 120 CPU-seconds barebones and 400
 * full (94 s wall for a Meson build on a laptop, Eisentraut 2023, times its cores and the options). Extensions: most
 * are one small C file of 20 s; the named ones are the C++ and Rust builds that take minutes.
 */
export const ASSUMED_COSTS: CostAssumptions = {
  postgres: { barebones: 120, minimal: 260, regular: 340, full: 400, "*": 300 },
  contrib: 2,
  extension: {
    age: 120,
    citus: 240,
    documentdb: 900,
    h3: 120,
    mobilitydb: 900,
    orioledb: 240,
    paradedb: 1800,
    pg_duckdb: 3600,
    pg_graphql: 600,
    pg_search: 1800,
    pgml: 1800,
    pgrouting: 600,
    pgvectorscale: 900,
    plv8: 3600,
    postgis: 900,
    timescaledb: 300,
    timescaledb_toolkit: 900,
    vchord: 900,
    wrappers: 900,
    "*": 20,
  },
  introspection: 30,
  check: 1,
  overhead: 8,
};

/** CPU-seconds by label, as measured by earlier releases; it wins over any assumption. */
export type MeasuredCosts = ReadonlyMap<string, number>;

/** Gives the cost of any target. */
export type CostModel = (target: Target) => Cost;

/** A cost model from assumptions, corrected target by target by measurements. */
export function costModel(
  assumptions: CostAssumptions = ASSUMED_COSTS,
  measured: MeasuredCosts = new Map(),
): CostModel {
  return (target) => {
    const compiles = (target.kind === "postgres" || target.kind === "extension") && target.part !== "source";
    const work = measured.get(target.label) ?? assumed(target, assumptions);
    return {
      cpuSeconds: work + (compiles ? assumptions.overhead : 0),
      workerClass: compiles && isWide(target, assumptions) ? "wide" : "narrow",
    };
  };
}

/**
 * Whether a target's rule must ask for wide workers: PostgreSQL by Meson or Make uses whatever cores there are, and so do the
 * C++ and Rust builds that take minutes. By what is known of a target beforehand, for its rule cannot ask what was measured.
 */
function isWide(target: Target, assumptions: CostAssumptions): boolean {
  return target.kind === "postgres" || assumed(target, assumptions) >= HEAVY_CPU_SECONDS;
}

/** From here on a target is of the cost class `heavy`: its shards are cut and timed apart from the small ones. */
export const HEAVY_CPU_SECONDS = 600;

/** Classes of cost that get Jobs of their own. */
export type CostClass = "standard" | "heavy";

/** The class of a cost. */
export function costClass({ cpuSeconds }: Pick<Cost, "cpuSeconds">): CostClass {
  return cpuSeconds >= HEAVY_CPU_SECONDS ? "heavy" : "standard";
}

function assumed({ kind, part, group, name }: Target, assumptions: CostAssumptions): number {
  // Sources are only unpacked; whatever else comes with a target needs the target itself.
  if (part === "source") return assumptions.contrib;
  switch (kind) {
    case "postgres":
      return assumedOf(assumptions.postgres, group.optionSet);
    case "extension":
      return assumedOf(assumptions.extension, name);
    case "contrib":
      return assumptions.contrib;
    case "introspection":
      return assumptions.introspection;
    case "check":
      return assumptions.check;
  }
}

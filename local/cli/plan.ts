import { join } from "node:path";

import { ASSUMED_CAPACITY, capacityFor } from "../../components/matrix/capacity";
import { census, difference, whereHoursGo } from "../../components/matrix/census";
import { ASSUMED_COSTS, costModel, type MeasuredCosts } from "../../components/matrix/cost";
import { type EarlierRun, measuredCosts, measuredSizes } from "../../components/matrix/measured";
import { planTargets, targetsOf } from "../../components/matrix/plan-release";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import { readIndexes } from "../../components/matrix/read-index";
import { listTargets, type Target } from "../../components/matrix/targets";
import { releasesWithin } from "../../components/matrix/storage-plan";
import { type MeasuredSizes, workingSet } from "../../components/matrix/working-set";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";
import { committedFile } from "../stack/stack-file";
import { committedStorage } from "../stack/storage";
import type { Command } from "./command";
import { readEarlierRuns } from "./earlier-runs";
import { architectures, options } from "./options";
import { planReport, type PlanReport, summarise } from "./plan-report";
import { storageReport, type StorageReport } from "./plan-storage";

const WHERE = "./farm plan";

const usage = `
Usage: ./farm plan [LABEL…] [--index DIR]… [--since DIR]… [--results DIR [--worker-cores N]] [--hours N] [--releases N]
                   [--arch ARCH] [--distribution NAME] [--farm NAME] [--keep-days N] [--json]

What a release is: how many targets along each axis, in which shards and Jobs, how many core-hours, how many nodes to
finish in time, at what price, and whether a farm's storage keeps what it writes. Reads files alone; nothing is built.

  LABEL               labels or patterns: //postgres/..., //postgres:postgres~16.*, -//extensions/contrib/...
                      (default: all artifacts)
  --index DIR         a checkout of Monogres, or a workspace like our example (default: examples/postgres); given again,
                      another index that is merged with the first, such as a fork's extensions
  --since DIR         an older index: plans only what is new or made of other sources or options
  --results DIR       costs as measured: result.json and bep.json files of earlier releases, anywhere below DIR (the logs
                      bucket, copied)
  --worker-cores N    cores that a build of PostgreSQL kept busy on the workers of those releases (default: 1, with which
                      its wall seconds are a lower bound)
  --hours N           finish in N hours (default: 4)
  --releases N        releases of this size a month, for the price of a month (default: 1)
  --arch ARCH         amd64, arm64 or both, separated by a comma (default: both)
  --distribution NAME what the worker images are made of, such as debian-12, separated by commas (default: all that the
                      index knows); each is a release of its own
  --farm NAME         whose storage, of stacks/Pulumi.NAME.yaml, is held against the release (default: local)
  --keep-days N       what a release writes stays for N days (default: until the next release has been written)
  --json              the same as data
`;

export const command: Command = {
  usage,
  run: (args) => {
    const given = parse(args);
    const report = reportOf(given);
    process.stdout.write(given.json ? `${JSON.stringify(summarise(report), null, 2)}\n` : planReport(report));
    return Promise.resolve(0);
  },
};

interface Options {
  readonly patterns: readonly string[];
  readonly indexes: readonly [string, ...string[]];
  readonly since: readonly string[];
  readonly results: string | undefined;
  readonly workerCores: number;
  readonly hours: number;
  readonly releases: number;
  readonly architectures: readonly Architecture[];
  /** @default all that the index knows */
  readonly distributions: readonly string[] | undefined;
  readonly farm: string;
  /** @default one release */
  readonly keepDays: number | undefined;
  readonly json: boolean;
}

function parse(args: string[]): Options {
  // A pattern that takes targets away starts with a dash, like an option.
  const patterns = args.filter((arg) => /^-(\/\/|@)/.test(arg));
  const { values, positionals } = options(
    WHERE,
    args.filter((arg) => !patterns.includes(arg)),
    {
      index: { type: "string", multiple: true, default: [] },
      since: { type: "string", multiple: true, default: [] },
      results: { type: "string" },
      "worker-cores": { type: "string" },
      hours: { type: "string", default: "4" },
      releases: { type: "string", default: "1" },
      arch: { type: "string", default: "amd64,arm64" },
      distribution: { type: "string" },
      farm: { type: "string", default: "local" },
      "keep-days": { type: "string" },
      json: { type: "boolean", default: false },
    },
    "words",
  );
  const [first = join(CHECKOUT, "examples/postgres"), ...others] = values.index;
  const workerCores = positive("--worker-cores", values["worker-cores"] ?? "1");
  if (values["worker-cores"] !== undefined && values.results === undefined)
    throw new UserError(WHERE, "--worker-cores", "that with --results alone");
  return {
    patterns: [...positionals, ...patterns],
    indexes: [first, ...others],
    since: values.since,
    results: values.results,
    workerCores,
    hours: positive("--hours", values.hours),
    releases: positive("--releases", values.releases),
    architectures: architectures(WHERE, values.arch),
    distributions: values.distribution?.split(","),
    farm: values.farm,
    keepDays: values["keep-days"] === undefined ? undefined : positive("--keep-days", values["keep-days"]),
    json: values.json,
  };
}

function positive(option: string, text: string): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : NaN;
  if (!(value > 0 && Number.isFinite(value))) throw new UserError(`${WHERE}: ${option}`, text, "a number above 0");
  return value;
}

function reportOf(given: Options): PlanReport {
  const index = readIndexes(given.indexes);
  const distributions = distributionsOf(index, given.distributions);
  const selected = targetsOf({ index, targets: given.patterns, where: WHERE });
  const changes = changesOf(given.since, index, selected);
  const fresh = changes && new Set([...changes.added, ...changes.changed]);
  const targets = fresh === undefined ? selected : selected.filter(({ label }) => fresh.has(label));
  const runs = given.results === undefined ? [] : readEarlierRuns(given.results, `${WHERE}: --results`);
  const known = measured(given, runs, targets);
  const cost = costModel(ASSUMED_COSTS, known);
  const assumptions = { ...ASSUMED_CAPACITY, releasesPerMonth: given.releases };
  const { architectures, hours } = given;
  const plan = targets.length === 0 ? undefined : planTargets(targets, { architectures, cost, where: WHERE });
  const releases = Math.max(1, distributions.length);
  return {
    directories: given.indexes,
    since: given.since,
    distributions,
    census: census(index, targets),
    changes,
    planned: plan && {
      plan,
      capacity: capacityFor(plan, hours, assumptions, releases),
      storage: storageOf(given, targets, measuredSizes(runs), releases * architectures.length),
    },
    measured: targets.filter(({ label }) => known.has(label)).length,
    workerCores: given.workerCores,
    work: whereHoursGo(targets, cost),
  };
}

/** Undefined where there is nothing to compare with. */
function changesOf([first, ...others]: readonly string[], index: MatrixIndex, selected: readonly Target[]) {
  if (first === undefined) return undefined;
  return difference(listTargets(readIndexes([first, ...others])), selected, listTargets(index));
}

function storageOf(given: Options, targets: readonly Target[], measured: MeasuredSizes, builds: number): StorageReport {
  const storage = committedStorage(given.farm, `${WHERE}: --farm`);
  const keep = given.keepDays === undefined ? 1 : releasesWithin(given.keepDays, given.releases);
  return storageReport(workingSet(targets, { builds, measured }), storage, {
    file: committedFile(given.farm),
    keep,
    measured: targets.filter(({ label }) => measured.has(label)).length,
  });
}

function measured({ workerCores }: Options, runs: readonly EarlierRun[], targets: readonly Target[]): MeasuredCosts {
  const wide = new Set(targets.flatMap(({ label, kind }) => (kind === "postgres" ? [label] : [])));
  return measuredCosts(runs, (label) => (wide.has(label) ? workerCores : 1));
}

/** Names of an index, by what was written: `debian-12` and `debian12` are `debian 12`. */
function distributionsOf({ distributions }: MatrixIndex, wanted: readonly string[] | undefined): readonly string[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9.]/g, "");
  const names = wanted?.map((name) => {
    const found = distributions.find((known) => plain(known) === plain(name));
    const allowed = distributions.join(", ") || "none: the index names no distribution";
    if (found === undefined) throw new UserError(`${WHERE}: --distribution`, name || "nothing", allowed);
    return found;
  });
  return names === undefined ? distributions : [...new Set(names)];
}

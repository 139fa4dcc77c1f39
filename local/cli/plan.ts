import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ASSUMED_CAPACITY, capacityFor } from "../../components/matrix/capacity";
import { census, difference, whereHoursGo } from "../../components/matrix/census";
import { ASSUMED_COSTS, costModel } from "../../components/matrix/cost";
import { measuredCosts } from "../../components/matrix/measured";
import { planRelease, type ReleaseRequest, targetsOf } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { type ShardResult, shardResultSchema } from "../../components/matrix/result";
import { listTargets } from "../../components/matrix/targets";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";
import type { Command } from "./command";
import { architectures, options } from "./options";
import { planReport, type PlanReport, summarise } from "./plan-report";

const usage = `
Usage: ./farm plan [LABEL…] [--index DIR] [--since DIR] [--results DIR] [--hours N] [--releases N] [--arch ARCH] [--json]

What a release is: how many targets along each axis, in which shards and Jobs, how many core-hours, how many nodes to
finish in time, and at what price. Reads index files alone; nothing is built.

  LABEL           labels or patterns: //postgres/..., //postgres:postgres~16.*, -//extensions/contrib/... (default: all)
  --index DIR     a checkout of Monogres, or a workspace like our example (default: examples/postgres)
  --since DIR     an older index: plans only what is new or has other sources
  --results DIR   costs as measured: result.json files of earlier releases, anywhere below DIR (the logs bucket, copied)
  --hours N       finish in N hours (default: 4)
  --releases N    releases of this size a month, for the price of a month (default: 1)
  --arch ARCH     amd64, arm64 or both, separated by a comma (default: both)
  --json          the same as data
`;

export const command: Command = {
  usage,
  run: (args) => {
    const given = parse(args);
    const report = reportOf(given);
    if (report === undefined) process.stdout.write("Nothing is new: every target of the index is in the older one.\n");
    else process.stdout.write(given.json ? `${JSON.stringify(summarise(report), null, 2)}\n` : planReport(report));
    return Promise.resolve(0);
  },
};

interface Options {
  readonly patterns: readonly string[];
  readonly index: string;
  readonly since: string | undefined;
  readonly results: string | undefined;
  readonly hours: number;
  readonly releases: number;
  readonly architectures: readonly Architecture[];
  readonly json: boolean;
}

function parse(args: string[]): Options {
  // A pattern that takes targets away starts with a dash, like an option.
  const patterns = args.filter((arg) => /^-(\/\/|@)/.test(arg));
  const { values, positionals } = options(
    "./farm plan",
    args.filter((arg) => !patterns.includes(arg)),
    {
      index: { type: "string", default: join(CHECKOUT, "examples/postgres") },
      since: { type: "string" },
      results: { type: "string" },
      hours: { type: "string", default: "4" },
      releases: { type: "string", default: "1" },
      arch: { type: "string", default: "amd64,arm64" },
      json: { type: "boolean", default: false },
    },
    "words",
  );
  return {
    patterns: [...positionals, ...patterns],
    index: values.index,
    since: values.since,
    results: values.results,
    hours: positive("--hours", values.hours),
    releases: positive("--releases", values.releases),
    architectures: architectures("./farm plan", values.arch),
    json: values.json,
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UserError(`./farm plan: ${option}`, text, "a number above 0");
  return value;
}

/** Undefined where there is nothing to build. */
function reportOf(given: Options): PlanReport | undefined {
  const { index: directory, since, architectures, patterns } = given;
  const index = readIndex(directory);
  const known = given.results === undefined ? new Map<string, number>() : measuredCosts(readResults(given.results));
  const cost = costModel(ASSUMED_COSTS, known);
  const request: ReleaseRequest = { index, architectures, cost, targets: patterns, where: "./farm plan" };
  const selected = targetsOf(request, "./farm plan");
  const changes =
    since === undefined ? undefined : difference(listTargets(readIndex(since)), selected, listTargets(index));
  const fresh = changes === undefined ? undefined : new Set([...changes.added, ...changes.changed]);
  if (fresh?.size === 0) return undefined;
  const targets = fresh === undefined ? selected : selected.filter(({ label }) => fresh.has(label));
  const plan = planRelease(fresh === undefined ? request : { ...request, targets: [...fresh] });
  return {
    directory,
    since,
    census: census(index, targets),
    changes,
    plan,
    capacity: capacityFor(plan, given.hours, { ...ASSUMED_CAPACITY, releasesPerMonth: given.releases }),
    measured: targets.filter(({ label }) => known.has(label)).length,
    work: whereHoursGo(targets, cost),
  };
}

/** Every result.json below a directory. */
function readResults(directory: string): ShardResult[] {
  if (!existsSync(directory)) throw new UserError("./farm plan: --results", directory, "a directory that exists");
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("result.json"),
  );
  return files.sort().map((file) => {
    const path = join(directory, file);
    const result = shardResultSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new UserError(path, issue?.path.join(".") ?? "", issue?.message ?? "the result of a shard");
  });
}

import { workersName } from "../../components/buildbarn/worker-class";
import type { Capacity } from "../../components/matrix/capacity";
import { ASSUMED_COSTS, type CostAssumptions } from "../../components/matrix/cost";
import type { Census, Difference, WorkShare } from "../../components/matrix/census";
import type { ReleasePlan } from "../../components/matrix/plan";
import { paint } from "../terminal/colour";
import { count, dollars, hour, mean } from "../terminal/numbers";
import { type Column, table } from "../terminal/table";
import { picture } from "./plan-picture";
import { storageInWords, type StorageReport } from "./plan-storage";

/** What `./farm plan` has to say. */
export interface PlanReport {
  readonly directories: readonly string[];
  readonly since: readonly string[];
  /** Each a release of its own. */
  readonly distributions: readonly string[];
  readonly census: Census;
  readonly changes: Difference | undefined;
  /** Undefined where nothing is new. Capacity and storage are for all distributions, the plan for each. */
  readonly planned:
    { readonly plan: ReleasePlan; readonly capacity: Capacity; readonly storage: StorageReport } | undefined;
  /** Targets whose cost comes from earlier releases. */
  readonly measured: number;
  /** Cores that those of PostgreSQL kept busy. */
  readonly workerCores: number;
  /** Of one architecture, most hours first. */
  readonly work: readonly WorkShare[];
}

const left = (heading: string): Column => ({ heading });
const right = (heading: string): Column => ({ heading, align: "right" });

/** The report as text for a terminal or a pipe. */
export function planReport(report: PlanReport): string {
  const { planned } = report;
  const sections = [
    ...(planned === undefined ? ["Nothing is new: every target that is asked for is in the older index."] : []),
    ...(report.changes === undefined ? [] : [changes(report.changes, report.since.join(", "))]),
    ...(planned === undefined ? [] : ofPlan(report, planned)),
  ];
  return `${sections.join("\n\n")}\n`;
}

function ofPlan(report: PlanReport, { plan, capacity, storage }: NonNullable<PlanReport["planned"]>): string[] {
  const { measured, workerCores } = report;
  const costs =
    measured === 0
      ? "no target of this plan was measured"
      : `${count(measured)} targets were measured: wall seconds, waiting included, × ${workerCores} cores for PostgreSQL builds and × 1 for all else`;
  const assumptions = [...capacity.assumptions, costsInWords(ASSUMED_COSTS), costs];
  return [
    axes(report, plan),
    majors(report.census),
    jobs(plan),
    `${heading("Where the hours go")}, an architecture\n${picture(report.work)}`,
    workers(capacity),
    pools(capacity),
    storageInWords(storage),
    `${heading("Assumptions")}\n${assumptions.map((line) => `  - ${line}`).join("\n")}`,
  ];
}

/** The report as data: no shard's labels, which may be millions. */
export function summarise({ distributions, census, changes, planned, measured, work }: PlanReport): unknown {
  const jobs = planned?.plan.jobs.map(({ shards, ...job }) => ({
    ...job,
    shards: shards.length,
    targets: shards.reduce((sum, { labels }) => sum + labels.length, 0),
    coreHours: shards.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 3600,
  }));
  return {
    id: planned?.plan.id ?? null,
    distributions,
    census,
    ...(changes === undefined ? {} : { changes }),
    measured,
    jobs: jobs ?? [],
    capacity: planned?.capacity ?? null,
    storage: planned?.storage ?? null,
    work,
  };
}

function axes({ directories, distributions, census }: PlanReport, plan: ReleasePlan): string {
  const architectures = new Set(plan.jobs.map(({ architecture }) => architecture));
  const all = census.artifacts * architectures.size * Math.max(1, distributions.length);
  const rows: [string, number, string][] = [
    ["flavours", census.flavours.length, census.flavours.join(", ")],
    ["PostgreSQL versions", census.postgresVersions, ""],
    ["option sets", census.optionSets.length, census.optionSets.join(", ")],
    ["extensions", census.extensions, `in ${count(census.extensionVersions)} versions`],
    ["contrib modules", census.contribModules, census.contribFile === undefined ? "" : `as in ${census.contribFile}`],
    [
      "distributions",
      distributions.length,
      `${distributions.join(", ")}: each a release, with worker images of its own`,
    ],
    ["architectures", architectures.size, [...architectures].join(", ")],
    ["PostgreSQL builds", census.byKind.postgres ?? 0, "an architecture"],
    ["contrib tars", census.byKind.contrib ?? 0, "an architecture"],
    ["extension builds", census.byKind.extension ?? 0, "an architecture"],
    ["artifacts", census.artifacts, `an architecture, ${count(all)} in all`],
    ["compiling actions", census.compiling, "an architecture: PostgreSQL and extension builds"],
    ...(census.byKind.check === undefined
      ? []
      : [["checks", census.byKind.check, "of the farm itself"] as [string, number, string]]),
    ...(census.parts === 0
      ? []
      : [["other rules", census.parts, "logs, aliases and the like, by name"] as [string, number, string]]),
  ];
  const cells = rows.map(([axis, number, note]) => [axis, count(number), note]);
  return `${heading(`Release ${plan.id}`)} of ${directories.join(", ")} (layout ${census.layout})\n${table([left("AXIS"), right("COUNT"), left("")], cells)}`;
}

function majors({ majors }: Census): string {
  const rows = majors.map(({ flavour, major, versions, postgres, contrib, extension, artifacts }) => [
    `${flavour} ${major}`,
    ...[versions, postgres, contrib, extension, artifacts].map(count),
    mean(artifacts / versions),
  ]);
  const columns = ["VERSIONS", "BUILDS", "CONTRIB", "EXTENSIONS", "ARTIFACTS", "EACH VERSION"].map(right);
  return `${heading("By major version")}, an architecture\n${table([left("POSTGRESQL"), ...columns], rows)}`;
}

function changes({ added, removed, changed }: Difference, since: string): string {
  const rows = [
    ["new", count(added.length), example(added)],
    ["made of else", count(changed.length), example(changed)],
    ["gone", count(removed.length), example(removed)],
  ];
  return `${heading("Against")} ${since}\n${table([left("LABELS"), right("COUNT"), left("SUCH AS")], rows)}`;
}

function jobs({ jobs }: ReleasePlan): string {
  const rows = jobs.map(({ name, shards, parallelism }) => {
    const hours = shards.map(({ cpuSeconds }) => cpuSeconds / 3600);
    const total = hours.reduce((sum, value) => sum + value, 0);
    const targets = shards.reduce((sum, { labels }) => sum + labels.length, 0);
    const heaviest = hours.reduce((most, value) => Math.max(most, value), 0);
    const cells = [count(shards.length), count(parallelism), count(targets), hour(total), hour(heaviest)];
    return [name, ...cells, ((heaviest * shards.length) / total).toFixed(2)];
  });
  const columns = ["SHARDS", "AT ONCE", "TARGETS", "CORE-HOURS", "HEAVIEST SHARD", "× MEAN"].map(right);
  return `${heading("Jobs")}\n${table([left("JOB"), ...columns], rows)}`;
}

function workers({ hours, pools }: Capacity): string {
  const rows = pools.flatMap(({ architecture, workers }) =>
    workers.map(({ workerClass, cores, memoryGiB, perNode, ...its }) => [
      workersName(architecture, workerClass),
      ...[cores, memoryGiB, its.count, perNode].map(count),
      hour(its.cpuSeconds / 3600),
      hour(its.nodeHours),
      dollars(its.onDemand),
      dollars(its.spot),
    ]),
  );
  const columns = [
    left("POOL"),
    ...["CORES", "GIB", "WORKERS", "A NODE", "CORE-HOURS", "NODE-HOURS", "ON DEMAND", "SPOT"].map(right),
  ];
  return `${heading(`Workers to finish in ${hours} h`)}, by class\n${table(columns, rows)}`;
}

function pools({ hours, pools, release, month }: Capacity): string {
  const rows = pools.map(({ architecture, instanceType, coreHours, nodes, onDemand, spot }) => [
    `worker-${architecture}`,
    instanceType,
    hour(coreHours),
    count(nodes),
    dollars(onDemand),
    dollars(spot),
  ]);
  const columns = [left("POOL"), left("INSTANCE"), ...["CORE-HOURS", "NODES", "ON DEMAND", "SPOT"].map(right)];
  const totals = [
    ["a release", "", "", "", dollars(release.onDemand), dollars(release.spot)],
    ["a month", "", "", "", dollars(month.onDemand), dollars(month.spot)],
  ];
  return `${heading(`To finish in ${hours} h`)}\n${table(columns, [...rows, ...totals])}`;
}

function costsInWords({ postgres, contrib, extension, introspection, overhead }: CostAssumptions): string {
  const { "*": other, ...sets } = postgres;
  const builds = [...Object.entries(sets), ["other", other]].map(([set, cost]) => `${set} ${cost}`).join(", ");
  return `CPU-seconds: PostgreSQL ${builds}; introspection ${introspection}; contrib ${contrib}; extensions ${extension["*"]}, those that components/matrix/cost.ts names more; ${overhead} beside each that compiles`;
}

function heading(text: string): string {
  return paint("bold", text);
}

function example(labels: readonly string[]): string {
  return labels[0] ?? "";
}

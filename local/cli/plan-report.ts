import type { Capacity } from "../../components/matrix/capacity";
import type { Census, Difference, WorkShare } from "../../components/matrix/census";
import type { ReleasePlan } from "../../components/matrix/plan";
import { paint } from "../terminal/colour";
import { type Column, table } from "../terminal/table";

/** What `./farm plan` has to say. */
export interface PlanReport {
  readonly directory: string;
  readonly since: string | undefined;
  readonly census: Census;
  readonly changes: Difference | undefined;
  readonly plan: ReleasePlan;
  readonly capacity: Capacity;
  /** Targets whose cost comes from earlier releases. */
  readonly measured: number;
  /** Of one architecture, most hours first. */
  readonly work: readonly WorkShare[];
}

/** Lines of the picture; what is beyond them is added up. */
const BARS = 10;
const BAR_WIDTH = 36;

const left = (heading: string): Column => ({ heading });
const right = (heading: string): Column => ({ heading, align: "right" });

/** The report as text for a terminal or a pipe. */
export function planReport(report: PlanReport): string {
  const { measured } = report;
  const sections = [
    axes(report),
    majors(report.census),
    ...(report.changes === undefined ? [] : [changes(report.changes, report.since ?? "")]),
    jobs(report.plan),
    picture(report.work),
    pools(report.capacity),
    `${heading("Assumptions")}\n${report.capacity.assumptions.map((line) => `  - ${line}`).join("\n")}\n  - CPU-seconds: components/matrix/cost.ts; ${measured === 0 ? "no target of this plan was" : `${count(measured)} targets were`} measured`,
  ];
  return `${sections.join("\n\n")}\n`;
}

/** The report as data: no shard's labels, which may be millions. */
export function summarise({ census, changes, plan, capacity, work }: PlanReport): unknown {
  const short = plan.jobs.map(({ shards, ...job }) => ({
    ...job,
    shards: shards.length,
    targets: shards.reduce((sum, { labels }) => sum + labels.length, 0),
    coreHours: shards.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 3600,
  }));
  return { id: plan.id, census, ...(changes === undefined ? {} : { changes }), jobs: short, capacity, work };
}

function axes({ directory, census, plan }: PlanReport): string {
  const architectures = new Set(plan.jobs.map(({ architecture }) => architecture));
  const rows: [string, number, string][] = [
    ["flavours", census.flavours.length, census.flavours.join(", ")],
    ["PostgreSQL versions", census.postgresVersions, ""],
    ["option sets", census.optionSets.length, census.optionSets.join(", ")],
    ["extensions", census.extensions, `in ${count(census.extensionVersions)} versions`],
    ["contrib modules", census.contribModules, ""],
    ["distributions", census.distributions.length, `${census.distributions.join(", ")}; the worker image decides`],
    ["architectures", architectures.size, [...architectures].join(", ")],
    ["PostgreSQL builds", census.byKind.postgres ?? 0, "an architecture"],
    ["contrib tars", census.byKind.contrib ?? 0, "an architecture"],
    ["extension builds", census.byKind.extension ?? 0, "an architecture"],
    ["artifacts", census.artifacts, `an architecture, ${count(census.artifacts * architectures.size)} in all`],
    ["compiling actions", census.compiling, "an architecture: PostgreSQL and extension builds"],
    ...(census.byKind.check === undefined
      ? []
      : [["checks", census.byKind.check, "of the farm itself"] as [string, number, string]]),
  ];
  const cells = rows.map(([axis, number, note]) => [axis, count(number), note]);
  return `${heading(`Release ${plan.id}`)} of ${directory} (layout ${census.layout})\n${table([left("AXIS"), right("COUNT"), left("")], cells)}`;
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
    ["other sources", count(changed.length), example(changed)],
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

function picture(work: readonly WorkShare[]): string {
  const rest = work.slice(BARS);
  const shown = [...work.slice(0, BARS)];
  if (rest.length > 0) {
    shown.push({
      name: `${rest.length} more`,
      targets: rest.reduce((sum, { targets }) => sum + targets, 0),
      coreHours: rest.reduce((sum, { coreHours }) => sum + coreHours, 0),
    });
  }
  const total = work.reduce((sum, { coreHours }) => sum + coreHours, 0);
  const most = Math.max(...shown.map(({ coreHours }) => coreHours));
  const rows = shown.map(({ name, targets, coreHours }) => [
    name,
    count(targets),
    hour(coreHours),
    `${((100 * coreHours) / total).toFixed(1)} %`,
    paint("blue", bar(coreHours / most)),
  ]);
  const columns = [left("WORK"), right("TARGETS"), right("CORE-HOURS"), right("SHARE"), left("")];
  return `${heading("Where the hours go")}, an architecture\n${table(columns, rows)}`;
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

/** Eighths of a character, so that small shares show too. */
function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + " ▏▎▍▌▋▊▉".charAt(eighths % 8).trim();
}

function heading(text: string): string {
  return paint("bold", text);
}

function example(labels: readonly string[]): string {
  return labels[0] ?? "";
}

/** `1200600` → `1,200,600`. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function hour(value: number): string {
  return value >= 100 ? count(Math.round(value)) : value.toFixed(value < 1 ? 2 : 1);
}

function mean(value: number): string {
  return Number.isInteger(value) ? count(value) : value.toFixed(1);
}

function dollars(value: number): string {
  return value >= 100 ? `$${count(Math.round(value))}` : `$${value.toFixed(2)}`;
}

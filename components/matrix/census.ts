import { type CostModel, costModel } from "./cost";
import type { MatrixIndex } from "./matrix-index";
import type { Target, TargetKind } from "./targets";

/** Targets of one major version of one flavour. */
export interface MajorCensus {
  readonly flavour: string;
  readonly major: string;
  readonly versions: number;
  readonly postgres: number;
  readonly contrib: number;
  readonly extension: number;
  readonly artifacts: number;
}

/** Targets counted along every axis; each number is for one architecture. */
export interface Census {
  readonly layout: string;
  readonly flavours: readonly string[];
  readonly postgresVersions: number;
  readonly optionSets: readonly string[];
  readonly extensions: number;
  readonly extensionVersions: number;
  readonly contribModules: number;
  /** File that lists them for their versions; undefined where each has its own. */
  readonly contribFile?: string | undefined;
  readonly distributions: readonly string[];
  /** Artifacts, and checks. */
  readonly byKind: Readonly<Partial<Record<TargetKind, number>>>;
  /** Logs, aliases and the like, which no artifact is. */
  readonly parts: number;
  /** What a release publishes: PostgreSQL, contrib and extensions. */
  readonly artifacts: number;
  /** Actions that compile: PostgreSQL and extensions. */
  readonly compiling: number;
  readonly majors: readonly MajorCensus[];
}

/** What changed between two indexes, by label. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Same label, made of other sources or with other options. */
  readonly changed: readonly string[];
}

/** A part of the work, for the picture of where the hours go. */
export interface WorkShare {
  readonly name: string;
  readonly targets: number;
  readonly coreHours: number;
}

/** Counts targets, as `listTargets` or a selection gives them. */
export function census(index: MatrixIndex, targets: readonly Target[]): Census {
  const byKind: Partial<Record<TargetKind, number>> = {};
  const whole = targets.filter(({ part }) => part === undefined);
  for (const { kind } of whole) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const { postgres = 0, contrib = 0, extension = 0 } = byKind;
  const [contribFile, ...others] = new Set(index.contrib.map(({ file }) => file));
  const releases = index.flavours.flatMap((flavour) => flavour.releases);
  return {
    layout: index.layout,
    flavours: index.flavours.map(({ name }) => name),
    postgresVersions: releases.length,
    optionSets: [...new Set(releases.flatMap(({ optionSets }) => [...optionSets.keys()]))],
    extensions: index.extensions.length,
    extensionVersions: index.extensions.reduce((sum, { versions }) => sum + versions.length, 0),
    contribModules: index.contrib.length,
    contribFile: others.length === 0 ? contribFile : undefined,
    distributions: index.distributions,
    byKind,
    parts: targets.length - whole.length,
    artifacts: postgres + contrib + extension,
    compiling: postgres + extension,
    majors: majorsOf(whole),
  };
}

/**
 * Compares what two indexes give, manual targets aside.
 * @param after those that are asked for
 * @param existing all that the newer index has: what is only not asked for is not gone
 */
export function difference(
  before: readonly Target[],
  after: readonly Target[],
  existing: readonly Target[] = after,
): Difference {
  const inputs = (target: Target) => `${target.inputs}\n${target.group.inputs}`;
  const old = new Map(before.map((target) => [target.label, target]));
  const [added, changed]: [string[], string[]] = [[], []];
  for (const target of after) {
    const known = old.get(target.label);
    if (known === undefined) added.push(target.label);
    else if (inputs(known) !== inputs(target)) changed.push(target.label);
  }
  const present = new Set(existing.map(({ label }) => label));
  const removed = before.filter(({ label, manual }) => !manual && !present.has(label)).map(({ label }) => label);
  return { added: added.sort(), removed: removed.sort(), changed: changed.sort() };
}

/** Core-hours by what they go into, most first: option sets of PostgreSQL, contrib, and each extension. */
export function whereHoursGo(targets: readonly Target[], cost: CostModel = costModel()): WorkShare[] {
  const shares = new Map<string, { targets: number; coreHours: number }>();
  for (const target of targets) {
    const { kind, group, name } = target;
    const what = kind === "postgres" ? `${group.flavour} ${group.optionSet}` : kind === "extension" ? name : kind;
    const share = shares.get(what) ?? { targets: 0, coreHours: 0 };
    share.targets++;
    share.coreHours += cost(target).cpuSeconds / 3600;
    shares.set(what, share);
  }
  return [...shares]
    .map(([name, share]) => ({ name, ...share }))
    .sort((a, b) => b.coreHours - a.coreHours || (a.name < b.name ? -1 : 1));
}

function majorsOf(targets: readonly Target[]): MajorCensus[] {
  const majors = new Map<
    string,
    { flavour: string; major: string; versions: Set<string>; kinds: Map<string, number> }
  >();
  for (const { kind, group } of targets) {
    if (group.key === "") continue;
    const major = group.version.split(/\D/, 1)[0] ?? "";
    const key = `${group.flavour} ${major}`;
    const known = majors.get(key) ?? {
      flavour: group.flavour,
      major,
      versions: new Set<string>(),
      kinds: new Map<string, number>(),
    };
    known.versions.add(group.version);
    const counted = known.kinds.get(kind) ?? 0;
    known.kinds.set(kind, counted + 1);
    majors.set(key, known);
  }
  return [...majors.values()].map(({ flavour, major, versions, kinds }) => {
    const of = (kind: TargetKind) => kinds.get(kind) ?? 0;
    const [postgres, contrib, extension] = [of("postgres"), of("contrib"), of("extension")];
    const artifacts = postgres + contrib + extension;
    return { flavour, major, versions: versions.size, postgres, contrib, extension, artifacts };
  });
}

import { satisfies } from "./constraint";
import {
  constraintOn,
  type ContribModule,
  type Extension,
  type Flavour,
  type LabelFields,
  type MatrixIndex,
  type Part,
  type PartKind,
  type PostgresRelease,
} from "./matrix-index";
import type { Source } from "./resolve-source";

/** What a target is: how it is made decides what it costs. */
export type TargetKind = "postgres" | "contrib" | "extension" | "introspection" | "check";

/** The PostgreSQL build that targets share; targets of one group should share a Bazel client. */
export interface BuildGroup {
  /** `postgres~16.9~full`; empty for targets that need no PostgreSQL. */
  readonly key: string;
  readonly flavour: string;
  /** PostgreSQL's version. */
  readonly version: string;
  readonly optionSet: string;
  /** sha256 of the source archives of PostgreSQL, one unless the index names none. */
  readonly sources: readonly string[];
  /** What the build is made of: sources by digest, by address where the index names none, and the set's options. */
  readonly inputs: string;
}

/** Something to build; the same label holds for every architecture. */
export interface Target {
  readonly label: string;
  readonly kind: TargetKind;
  /** What it is of a target of its kind, without being the artifact; undefined for the artifact itself. */
  readonly part?: PartKind;
  readonly group: BuildGroup;
  /** Extension or contrib module; empty for PostgreSQL itself. */
  readonly name: string;
  /** Version of the extension; empty for anything else. */
  readonly version: string;
  /** sha256 of the source archives beside those of the group. */
  readonly sources: readonly string[];
  /** What it is made of beside the group's inputs: its sources by digest, or by address. */
  readonly inputs: string;
  /** True where only its exact label selects it. */
  readonly manual: boolean;
}

/** What an item is made of. */
interface Made {
  readonly sources: readonly string[];
  readonly inputs: string;
}

const NOTHING: Made = { sources: [], inputs: "" };
const NO_GROUP: BuildGroup = { key: "", flavour: "", version: "", optionSet: "", ...NOTHING };

/**
 * Every target that an index gives, PostgreSQL first, newest version first. Pure; O(targets).
 *
 * An extension is built against the flavour's extension option set alone, once for each PostgreSQL that it fits.
 * @returns each label once
 */
export function listTargets(index: MatrixIndex): Target[] {
  const targets: Target[] = [];
  for (const { label, manual } of index.fixed) {
    targets.push({ label, kind: "check", group: NO_GROUP, name: "", version: "", ...NOTHING, manual });
  }
  for (const flavour of index.flavours) {
    const builds = flavour.releases.map((release) => ofRelease(index, flavour, release, targets));
    for (const [i, release] of flavour.releases.entries()) {
      const group = builds[i];
      if (group !== undefined) ofContrib(index, flavour, release, group, targets);
    }
    const groups = builds.filter((group) => group !== undefined);
    const fitting = new Map<string, BuildGroup[]>();
    for (const extension of index.extensions) ofExtension(index, extension, flavour, groups, fitting, targets);
  }
  return targets;
}

/** Whether a contrib module is part of a release, built with these options; null where the options are not known. */
export function hasModule(
  module: ContribModule,
  flavour: string,
  version: string,
  options: readonly string[] | null | undefined,
): boolean {
  const fits = module.fits.get(flavour);
  if (fits === undefined) return false;
  if (typeof fits === "string" ? !satisfies(version, fits) : !fits.includes(version)) return false;
  return options === null || module.requires.every((option) => options?.includes(option));
}

/** Builds of a release; returns the one that extensions are built against. */
function ofRelease(
  { labels }: MatrixIndex,
  flavour: Flavour,
  { version, sources, optionSets }: PostgresRelease,
  targets: Target[],
): BuildGroup | undefined {
  let extensions: BuildGroup | undefined;
  const made = madeOf(sources);
  const newest = lastByName(flavour.releases.map((release) => release.version)) === version;
  for (const [optionSet, options] of optionSets) {
    const key = `${flavour.name}~${version}~${optionSet}`;
    const inputs = `${made.inputs} ${options?.join() ?? ""}`;
    const group = { key, flavour: flavour.name, version, optionSet, sources: made.sources, inputs };
    const preferred = optionSet === flavour.extensionOptionSet;
    if (preferred) extensions = group;
    const fields = { flavour: flavour.name, version, optionSet, name: "", extensionVersion: "" };
    add(targets, "postgres", fields, group, NOTHING, labels.postgres(fields));
    const of = { version: preferred, flavour: preferred && newest };
    addParts(targets, "postgres", fields, group, NOTHING, labels.parts.postgres(fields, of));
    const introspection = labels.introspection(fields);
    if (introspection === undefined) continue;
    add(targets, "introspection", fields, group, NOTHING, introspection, true);
    addParts(targets, "introspection", fields, group, NOTHING, labels.parts.introspection(fields));
  }
  return extensions;
}

function ofContrib(
  { labels, contrib }: MatrixIndex,
  flavour: Flavour,
  release: PostgresRelease,
  group: BuildGroup,
  targets: Target[],
): void {
  const options = release.optionSets.get(flavour.extensionOptionSet);
  for (const module of contrib) {
    if (!hasModule(module, flavour.name, release.version, options)) continue;
    const fields = { ...group, name: module.name, extensionVersion: "" };
    add(targets, "contrib", fields, group, NOTHING, labels.contrib(fields));
    addParts(targets, "contrib", fields, group, NOTHING, labels.parts.contrib(fields));
  }
}

function ofExtension(
  { labels }: MatrixIndex,
  { name, versions }: Extension,
  flavour: Flavour,
  groups: readonly BuildGroup[],
  fitting: Map<string, BuildGroup[]>,
  targets: Target[],
): void {
  const built = versions.flatMap((each) => {
    const { version, sources } = each;
    const spec = constraintOn(each, flavour.name);
    if (spec === undefined) return [];
    let its = fitting.get(spec);
    if (its === undefined) fitting.set(spec, (its = groups.filter((group) => satisfies(group.version, spec))));
    return its.length === 0 ? [] : [{ version, made: madeOf(sources), groups: its }];
  });
  const preferred = lastByName(built.map(({ version }) => version));
  for (const { version, made, groups: its } of built) {
    const first = lastByName(its.map((group) => group.version));
    for (const group of its) {
      const fields = { ...group, name, extensionVersion: version };
      add(targets, "extension", fields, group, made, labels.extension(fields));
      if (group.version !== first) continue;
      const parts = labels.parts.extension(fields, { version: true, extension: version === preferred });
      addParts(targets, "extension", fields, group, made, parts);
    }
  }
}

function add(
  targets: Target[],
  kind: TargetKind,
  { name, extensionVersion: version }: LabelFields,
  group: BuildGroup,
  made: Made,
  label: string,
  manual = false,
): void {
  targets.push({ label, kind, group, name, version, ...made, manual });
}

function addParts(
  targets: Target[],
  kind: TargetKind,
  { name, extensionVersion: version }: LabelFields,
  group: BuildGroup,
  made: Made,
  parts: readonly Part[],
): void {
  for (const { label, part } of parts) {
    targets.push({ label, kind, part, group, name, version, ...made, manual: true });
  }
}

/** What Monogres takes for its defaults: the last name as text, so that 16.9 is after 16.11. */
function lastByName(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>((last, name) => (last === undefined || name > last ? name : last), undefined);
}

/** Sources of one version are mirrors of one another: the preferred one that has a sha256 is stored. */
function madeOf(sources: readonly Source[]): Made {
  const first = sources.find(({ sha256 }) => sha256 !== undefined)?.sha256;
  const inputs = sources.map(({ integrity, urls }) => integrity ?? urls.join(" ")).join(" ");
  return { sources: first === undefined ? [] : [first], inputs };
}

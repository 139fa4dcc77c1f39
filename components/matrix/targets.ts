import { satisfies } from "./constraint";
import type { ContribModule, Extension, ExtensionVersion, Flavour, MatrixIndex, PostgresRelease } from "./matrix-index";
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
}

/** Something to build; the same label holds for every architecture. */
export interface Target {
  readonly label: string;
  readonly kind: TargetKind;
  readonly group: BuildGroup;
  /** Extension or contrib module; empty for PostgreSQL itself. */
  readonly name: string;
  /** Version of the extension; empty for anything else. */
  readonly version: string;
  /** sha256 of the source archives beside those of the group. */
  readonly sources: readonly string[];
  /** True where only its exact label selects it. */
  readonly manual: boolean;
}

const NO_SOURCES: readonly string[] = [];
const NO_GROUP: BuildGroup = { key: "", flavour: "", version: "", optionSet: "", sources: NO_SOURCES };

/**
 * Every target that an index gives, PostgreSQL first, newest version first. Pure; O(targets).
 *
 * An extension is built against the flavour's extension option set alone, once for each PostgreSQL that it fits.
 */
export function listTargets(index: MatrixIndex): Target[] {
  const targets: Target[] = [];
  for (const { label, manual } of index.fixed) {
    targets.push({ label, kind: "check", group: NO_GROUP, name: "", version: "", sources: NO_SOURCES, manual });
  }
  for (const flavour of index.flavours) {
    const groups = flavour.releases.map((release) => ofRelease(index, flavour, release, targets));
    for (const [i, release] of flavour.releases.entries()) {
      const group = groups[i]?.get(flavour.extensionOptionSet);
      if (group !== undefined) ofContrib(index, flavour, release, group, targets);
    }
    const fitting = new Map<string, BuildGroup[]>();
    for (const extension of index.extensions) {
      for (const version of extension.versions) {
        const spec = version.fits.get(flavour.name);
        if (spec === undefined) continue;
        let fits = fitting.get(spec);
        if (fits === undefined) {
          fits = groups.flatMap((sets) => {
            const group = sets.get(flavour.extensionOptionSet);
            return group !== undefined && satisfies(group.version, spec) ? [group] : [];
          });
          fitting.set(spec, fits);
        }
        ofExtension(index, extension, version, fits, targets);
      }
    }
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

function ofRelease(
  { labels }: MatrixIndex,
  flavour: Flavour,
  { version, sources, optionSets }: PostgresRelease,
  targets: Target[],
): Map<string, BuildGroup> {
  const groups = new Map<string, BuildGroup>();
  const archives = digests(sources);
  for (const optionSet of optionSets.keys()) {
    const key = `${flavour.name}~${version}~${optionSet}`;
    const group = { key, flavour: flavour.name, version, optionSet, sources: archives };
    groups.set(optionSet, group);
    const common = { group, name: "", version: "", sources: NO_SOURCES };
    targets.push({
      label: labels.postgres(flavour.name, version, optionSet),
      kind: "postgres",
      manual: false,
      ...common,
    });
    const introspection = labels.introspection(flavour.name, version, optionSet);
    if (introspection !== undefined) {
      targets.push({ label: introspection, kind: "introspection", manual: true, ...common });
    }
  }
  return groups;
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
    const label = labels.contrib(module.name, flavour.name, release.version);
    const { name } = module;
    targets.push({ label, kind: "contrib", group, name, version: "", sources: NO_SOURCES, manual: false });
  }
}

function ofExtension(
  { labels }: MatrixIndex,
  { name }: Extension,
  { version, sources }: ExtensionVersion,
  groups: readonly BuildGroup[],
  targets: Target[],
): void {
  const archives = digests(sources);
  for (const group of groups) {
    const label = labels.extension(name, version, group.flavour, group.version);
    targets.push({ label, kind: "extension", group, name, version, sources: archives, manual: false });
  }
}

/** The preferred source that has a sha256: sources of one version are mirrors of one another. */
function digests(sources: readonly Source[]): readonly string[] {
  const first = sources.find(({ sha256 }) => sha256 !== undefined)?.sha256;
  return first === undefined ? NO_SOURCES : [first];
}

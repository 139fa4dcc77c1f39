import { isDeepStrictEqual } from "node:util";

import { UserError } from "../user-error";
import { show } from "./mistakes";
import type { ContribModule, Extension, ExtensionVersion, Flavour, MatrixIndex, PostgresRelease } from "./matrix-index";
import type { Source } from "./resolve-source";
import { compare, compareNatural } from "./version";

/**
 * What several indexes of one layout say together, such as Monogres' and a fork's own extensions beside it. The order
 * of the indexes does not matter, and the same index twice is that index.
 * @throws UserError where two of them say different things of the same version
 */
export function mergeIndexes([first, ...others]: readonly [MatrixIndex, ...MatrixIndex[]]): MatrixIndex {
  return others.reduce(mergeTwo, mergeTwo(first, first));
}

function mergeTwo(a: MatrixIndex, b: MatrixIndex): MatrixIndex {
  if (a.layout !== b.layout)
    throw new UserError("indexes to merge", `layouts ${a.layout} and ${b.layout}`, "one layout");
  const label = ({ label }: { readonly label: string }) => label;
  return {
    layout: a.layout,
    flavours: byKey(a.flavours, b.flavours, nameOf, mergeFlavours),
    extensions: byKey(a.extensions, b.extensions, nameOf, mergeExtensions),
    contrib: byKey(a.contrib, b.contrib, nameOf, mergeModules),
    fixed: byKey(a.fixed, b.fixed, label, (one, other) => same(`target ${one.label}`, "manual", one, other)),
    distributions: [...new Set([...a.distributions, ...b.distributions])].sort(compareNatural),
    labels: a.labels,
  };
}

function mergeFlavours(a: Flavour, b: Flavour): Flavour {
  const where = `flavour ${a.name}`;
  const releases = byKey(a.releases, b.releases, versionOf, (one, other) => {
    sameSources(`${where} ${one.version}`, one.sources, other.sources);
    return {
      ...one,
      optionSets: new Map(same(`${where} ${one.version}`, "option sets", [...one.optionSets], [...other.optionSets])),
    };
  });
  return {
    name: a.name,
    releases: releases.sort((one: PostgresRelease, other) => compare(other.version, one.version)),
    extensionOptionSet: same(where, "default_option_set", a.extensionOptionSet, b.extensionOptionSet),
  };
}

function mergeExtensions(a: Extension, b: Extension): Extension {
  const versions = byKey(a.versions, b.versions, versionOf, (one, other) => {
    const where = `extension ${a.name} ${one.version}`;
    sameSources(where, one.sources, other.sources);
    return { ...one, fits: new Map(same(where, "compatible_with", inOrder(one.fits), inOrder(other.fits))) };
  });
  return {
    name: a.name,
    versions: versions.sort((one: ExtensionVersion, other) => compareNatural(other.version, one.version)),
  };
}

/** A module is in all the versions that either index lists for a flavour; of constraints there is only one. */
function mergeModules(a: ContribModule, b: ContribModule): ContribModule {
  const where = `contrib module ${a.name}`;
  const fits = new Map(a.fits);
  for (const [flavour, its] of b.fits) {
    const known = fits.get(flavour) ?? its;
    const lists = typeof known === "object" && typeof its === "object";
    const union = lists ? [...new Set([...known, ...its])].sort(compareNatural) : same(where, flavour, known, its);
    fits.set(flavour, union);
  }
  const [file = a.file] = [a.file, b.file].sort();
  return {
    name: a.name,
    fits: new Map(inOrder(fits)),
    requires: same(where, "requires", a.requires, b.requires),
    file,
  };
}

const nameOf = ({ name }: { readonly name: string }) => name;
const versionOf = ({ version }: { readonly version: string }) => version;

/** Both lists by key, in order of the keys: what `merge` makes of the two, or of the one with itself. */
function byKey<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => string, merge: (one: T, other: T) => T): T[] {
  const [left, right] = [a, b].map((list) => new Map(list.map((item) => [keyOf(item), item])));
  const keys = [...new Set([...a, ...b].map(keyOf))].sort();
  return keys.flatMap((key) => {
    const [one, other] = [left?.get(key), right?.get(key)];
    const item = one ?? other;
    return item === undefined ? [] : [merge(item, other ?? item)];
  });
}

function inOrder<T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}

function sameSources(where: string, one: readonly Source[], other: readonly Source[]): void {
  if (isDeepStrictEqual(one, other)) return;
  const bytes = (sources: readonly Source[]) => sources.map(({ integrity, urls }) => integrity ?? urls.join(" "));
  same(where, "sources", bytes(one), bytes(other));
  same(where, "source properties", one.map(propertiesOf), other.map(propertiesOf));
}

function propertiesOf({ properties }: Source): [string, unknown][] {
  return [...properties];
}

function same<T>(where: string, what: string, one: T, other: T): T {
  if (!isDeepStrictEqual(one, other)) {
    throw new UserError(
      `${where}: ${what}`,
      `${show(one)} in one index, ${show(other)} in another`,
      "the same in both",
    );
  }
  return one;
}

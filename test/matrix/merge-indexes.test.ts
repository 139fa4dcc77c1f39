import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type {
  ContribModule,
  ExtensionVersion,
  MatrixIndex,
  PostgresRelease,
} from "../../components/matrix/matrix-index";
import { mergeIndexes } from "../../components/matrix/merge-indexes";
import { planRelease } from "../../components/matrix/plan-release";
import { readIndex, readIndexes } from "../../components/matrix/read-index";
import { listTargets } from "../../components/matrix/targets";

const monogres = readIndex(join(__dirname, "data/monogres"));
const catalogue = readIndex(join(__dirname, "data/catalogue"));

/** Some of an index: any of its releases, extension versions and modules, in any order. */
function some(index: MatrixIndex): fc.Arbitrary<MatrixIndex> {
  const versions = index.extensions.flatMap(({ name, versions }) => versions.map((version) => ({ name, version })));
  const releases = index.flavours.flatMap(({ name, releases }) => releases.map((release) => ({ name, release })));
  return fc
    .record({
      releases: fc.shuffledSubarray(releases),
      versions: fc.shuffledSubarray(versions),
      contrib: fc.shuffledSubarray([...index.contrib]),
      distributions: fc.shuffledSubarray([...index.distributions]),
    })
    .map((chosen) => ({
      ...index,
      contrib: chosen.contrib,
      distributions: chosen.distributions,
      flavours: index.flavours.map((flavour) => ({
        ...flavour,
        releases: chosen.releases.flatMap(({ name, release }) => (name === flavour.name ? [release] : [])),
      })),
      extensions: index.extensions.flatMap(({ name }) => {
        const its = chosen.versions.flatMap((each) => (each.name === name ? [each.version] : []));
        return its.length === 0 ? [] : [{ name, versions: its }];
      }),
    }));
}

const labels = (index: MatrixIndex) => listTargets(index).map(({ label }) => label);

describe.each([
  ["Monogres' index", monogres],
  ["the catalogue", catalogue],
])("merging parts of %s", (_, whole) => {
  test("commutes, whatever the order within and between them", () => {
    fc.assert(
      fc.property(some(whole), some(whole), (a, b) => {
        expect(mergeIndexes([a, b])).toEqual(mergeIndexes([b, a]));
        expect(labels(mergeIndexes([a, b]))).toEqual(labels(mergeIndexes([b, a])));
      }),
    );
  });

  test("associates", () => {
    fc.assert(
      fc.property(some(whole), some(whole), some(whole), (a, b, c) => {
        const [left, right] = [mergeIndexes([mergeIndexes([a, b]), c]), mergeIndexes([a, mergeIndexes([b, c])])];
        expect(left).toEqual(right);
        expect(mergeIndexes([c, a, b])).toEqual(left);
      }),
    );
  });

  test("leaves an index as it is that is merged with itself or a part of itself", () => {
    fc.assert(
      fc.property(some(whole), (part) => {
        expect(labels(mergeIndexes([whole, part])).sort()).toEqual(labels(whole).sort());
        expect(mergeIndexes([part, part])).toEqual(mergeIndexes([part]));
      }),
    );
  });

  test("plans the same release", () => {
    fc.assert(
      fc.property(some(whole), some(whole), (a, b) => {
        const merged = mergeIndexes([a, b]);
        fc.pre(listTargets(merged).some(({ manual }) => !manual));
        expect(planRelease({ index: merged })).toEqual(planRelease({ index: mergeIndexes([b, a]) }));
      }),
      { numRuns: 20 },
    );
  });
});

describe("indexes that disagree", () => {
  const [flavour] = monogres.flavours;
  const [release] = flavour?.releases ?? [];
  const citus = monogres.extensions.find(({ name }) => name === "citus")?.versions[0];
  const amcheck = monogres.contrib.find(({ name }) => name === "amcheck");
  if (flavour === undefined || release === undefined || citus === undefined || amcheck === undefined) {
    throw new Error("the index lacks what the tests are about");
  }
  const withRelease = (change: Partial<PostgresRelease>): MatrixIndex => ({
    ...monogres,
    flavours: [{ ...flavour, releases: [{ ...release, ...change }] }],
  });
  const withCitus = (change: Partial<ExtensionVersion>): MatrixIndex => ({
    ...monogres,
    extensions: [{ name: "citus", versions: [{ ...citus, ...change }] }],
  });
  const withModule = (change: Partial<ContribModule>): MatrixIndex => ({
    ...monogres,
    contrib: [{ ...amcheck, ...change }],
  });
  const sources = release.sources.map((source) => ({ ...source, integrity: "sha256-other" }));

  test.each<[string, MatrixIndex, RegExp]>([
    ["layouts", catalogue, /found layouts (monogres and catalogue|catalogue and monogres); allowed: one layout/],
    ["sources of PostgreSQL", withRelease({ sources }), /flavour postgres 18\.1: sources: found \["sha256-/],
    [
      "properties of a source",
      withRelease({ sources: release.sources.map((source) => ({ ...source, properties: new Map([["tag", "x"]]) })) }),
      /18\.1: source properties: found/,
    ],
    ["option sets", withRelease({ optionSets: new Map([["full", ["icu"]]]) }), /18\.1: option sets: found/],
    [
      "constraints",
      withCitus({ fits: new Map([["postgres", "<=18"]]) }),
      /citus 13\.2\.0: compatible_with: found .*<=1[78]/,
    ],
    ["modules", withModule({ fits: new Map([["postgres", "<17"]]) }), /contrib module amcheck: postgres: found/],
    ["options of modules", withModule({ requires: ["icu"] }), /contrib module amcheck: requires: found/],
    [
      "option sets for extensions",
      { ...monogres, flavours: [{ ...flavour, extensionOptionSet: "minimal" }] },
      /flavour postgres: default_option_set: found "(full|minimal)" in one index/,
    ],
  ])("about %s are refused in either order", (_, other, message) => {
    expect(() => mergeIndexes([monogres, other])).toThrow(message);
    expect(() => mergeIndexes([other, monogres])).toThrow(message);
  });

  test("are read from several directories", () => {
    const directory = join(__dirname, "data/monogres");
    expect(readIndexes([directory, directory])).toEqual(mergeIndexes([monogres]));
    expect(() => readIndexes([directory, join(__dirname, "data/catalogue")])).toThrow(/one layout/);
  });

  test("about where a module is are joined: the versions of both", () => {
    const listed = (...versions: string[]) => withModule({ fits: new Map([["postgres", versions]]) });
    const [module] = mergeIndexes([listed("16.9", "18.1"), listed("16.11", "16.9")]).contrib;
    expect(module?.fits.get("postgres")).toEqual(["16.9", "16.11", "18.1"]);
  });
});

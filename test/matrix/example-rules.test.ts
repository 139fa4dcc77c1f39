import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { IndexError } from "../../components/matrix/mistakes";
import { parseIndex } from "../../components/matrix/read-index";

const EXAMPLE = join(__dirname, "../../examples/postgres");
const POSTGRES = "postgres/repo.json";
const PGVECTOR = "extensions/pgvector/repo.json";
const FILES = [POSTGRES, PGVECTOR, "extensions/contrib/contrib.json"];

/** Mistakes of the example with one text of one file replaced. */
function mistakes(file: string, from: string, to: string): string[] {
  const files = FILES.map((name): [string, string] => {
    const text = readFileSync(join(EXAMPLE, name), "utf8");
    if (name !== file) return [name, text];
    expect(text).toContain(from);
    return [name, text.replace(from, to)];
  });
  try {
    parseIndex(new Map(files), "");
    return [];
  } catch (error) {
    if (error instanceof IndexError) return error.mistakes.map(({ file, path, found }) => `${file}: ${path}: ${found}`);
    throw error;
  }
}

describe("what the example's rules would refuse only in a build is told when the index is read", () => {
  test("and the example itself has none of it", () => {
    expect(mistakes(POSTGRES, "16.9", "16.9")).toEqual([]);
  });

  test.each([
    ["a prerelease", POSTGRES, '"16.9": {', '"17rc1": {', `${POSTGRES}: versions.17rc1: "17rc1"`],
    ["a source without a type", PGVECTOR, '"type": "zip",', "", `${PGVECTOR}: sources.archive.type: nothing`],
    [
      "an operator of pgver alone",
      PGVECTOR,
      ">=12, <18",
      "~=12",
      `${PGVECTOR}: metadata.compatible_with.0.7.4: "~=12"`,
    ],
    ["a clause of none", PGVECTOR, ">=12, <18", "12 18", `${PGVECTOR}: metadata.compatible_with.0.7.4: "12 18"`],
    [
      "an option that no set of flags is known for",
      POSTGRES,
      '"minimal": ["nls"',
      '"minimal": ["nsl"',
      `${POSTGRES}: metadata.option_sets.minimal.0: "nsl"`,
    ],
    [
      "no build system",
      POSTGRES,
      '"autoconf": "<16"',
      '"autoconf": "<15"',
      `${POSTGRES}: metadata.build_systems (for 15.18): []`,
    ],
    [
      "two build systems",
      POSTGRES,
      '"meson": ">=16"',
      '"meson": ">=15"',
      `${POSTGRES}: metadata.build_systems (for 15.18): ["autoconf","meson"]`,
    ],
    [
      "a build system that there is no script for",
      POSTGRES,
      '"meson": ">=16"',
      '"cmake": ">=16"',
      `${POSTGRES}: metadata.build_systems.cmake: "cmake"`,
    ],
  ])("%s", (_, file, from, to, expected) => {
    expect(mistakes(file, from, to)).toContain(expected);
  });

  test.each(["*", ">=13", "= 15.18", "==15.*", "!=14, <18", "15"])("the constraint %j is read by both", (spec) => {
    expect(mistakes(PGVECTOR, ">=12, <18", spec)).toEqual([]);
  });
});

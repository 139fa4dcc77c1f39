import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  compare,
  compareNatural,
  format,
  parse,
  parseConstraint,
  satisfies,
  VersionError,
} from "../../components/matrix/versions";

interface Vectors {
  versions: string[];
  valid: string[];
  invalid: string[];
  ascending: string[][];
  constraints: Record<string, string>;
}

const vectors = JSON.parse(readFileSync(join(__dirname, "data/version-vectors.json"), "utf8")) as Vectors;

const version = fc
  .tuple(fc.nat(30), fc.nat(30), fc.constantFrom("alpha", "beta", "rc"), fc.boolean(), fc.constantFrom("", "+b42"))
  .map(([major, minor, stage, release, build]) => `${major}${release ? `.${minor}` : `${stage}${minor}`}${build}`);

describe("versions", () => {
  test("are the ones that Monogres' own library reads, and no others", () => {
    for (const text of vectors.valid) expect(() => parse(text), text).not.toThrow();
    for (const text of vectors.invalid) expect(() => parse(text), text).toThrow(VersionError);
    expect(vectors.invalid.length).toBeGreaterThan(25);
  });

  test("are ordered as there", () => {
    for (const [i, lower] of vectors.ascending.entries()) {
      for (const [j, upper] of vectors.ascending.entries()) {
        for (const a of lower) for (const b of upper) expect(compare(a, b), `${a} ${b}`).toBe(Math.sign(i - j));
      }
    }
  });

  test.each([
    ["17", 2, ".MINOR"],
    ["017.1", 0, "no leading zeros"],
    ["17.0.0", 4, "the end"],
    ["17-rc1", 2, ".MINOR"],
    ["17rc", 4, "the number of the rc"],
    ["17.1+b_c", 6, "a build identifier"],
    ["", 0, "MAJOR.MINOR"],
    ["17devel", 2, ".MINOR"],
    ["v17.1", 0, "MAJOR.MINOR"],
    [" 17.1", 0, "MAJOR.MINOR"],
    ["17.1 ", 4, "the end"],
    ["17rc01", 4, "no leading zeros"],
  ])("%j fails at position %i", (text, position, expected) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ position, expected: expect.stringContaining(expected) as string }) as Error,
    );
  });

  test("survive being written and read", () => {
    fc.assert(fc.property(version, (text) => compare(parse(format(parse(text))), text) === 0));
  });

  test("have a total order", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("beyond 2^53 are neither refused nor rounded", () => {
    expect(parse("17.9007199254740993").minor).toBe(9007199254740993n);
    expect(parse("17.9007199254740991").minor).toBe(9007199254740991);
    expect(format(parse("123456789012345678901234567890.1"))).toBe("123456789012345678901234567890.1");
    expect(compareNatural("1.9007199254740993", "1.9007199254740992")).toBe(1);
  });

  test("of extensions go by number too", () => {
    const names = ["REL_5_10", "1.10.0", "1.9.0", "13.2.0", "REL_5_9", "1.9"];
    expect(names.sort(compareNatural)).toEqual(["1.9", "1.9.0", "1.10.0", "13.2.0", "REL_5_9", "REL_5_10"]);
  });
});

describe("constraints", () => {
  test("answer as Monogres' own library does, all of its vectors", () => {
    let compared = 0;
    for (const [constraint, answers] of Object.entries(vectors.constraints)) {
      if (answers === "!") {
        expect(() => parseConstraint(constraint), constraint).toThrow(VersionError);
        continue;
      }
      const ours = vectors.versions.map((candidate) => (satisfies(candidate, constraint) ? "1" : "0")).join("");
      expect(ours, constraint).toBe(answers);
      compared += answers.length;
    }
    expect(compared).toBeGreaterThan(90_000);
  });

  const table = { "17.7": 0, "18.0": 1, "17rc1": 2, "18beta1": 3 };
  test.each([
    ["*", "yyyy"],
    ["17", "ynnn"],
    ["17.*", "ynnn"],
    ["<=17", "ynnn"],
    ["<=17.7", "ynyn"],
    ["<17", "nnyn"],
    ["<17.*", "nnyn"],
    ["<18", "ynyy"],
    [">17", "nynn"],
    [">=17", "yyny"],
    [">=14, <17", "nnyn"],
    ["~16.2", "nnnn"],
    ["^16.2", "nnnn"],
    ["!=16.0", "yynn"],
    ["!=16.0-", "yyyy"],
  ])("%j", (constraint, answers) => {
    for (const [candidate, column] of Object.entries(table)) {
      expect(satisfies(candidate, constraint), candidate).toBe(answers[column] === "y");
    }
  });

  test.each([
    ["> =17", 1, "the major version"],
    [">=16 <18", 5, "a comma"],
    [">=16,", 5, "a clause"],
    [">= 16, < v17", 9, "the major version"],
    ["<*", 1, "* goes only with"],
    [">=16.2+b42", 6, "no +BUILD"],
    ["^0.0", 1, "above 0.0"],
    ["~>17", 1, "the major version"],
    ["", 0, "a clause"],
    ["16,,17", 3, "a clause"],
    [">=16 || <18", 5, "a comma"],
    ["16.x.x", 3, "the minor version"],
    ["17devel", 2, ".MINOR"],
    ["v17", 0, "a version"],
    [">=", 2, "a version such as 17"],
    ["16\u00a0 ", 2, "a comma"],
  ])("%j fails at position %i", (text, position, expected) => {
    expect(() => parseConstraint(text)).toThrow(
      expect.objectContaining({ position, expected: expect.stringContaining(expected) as string }) as Error,
    );
  });

  test("joined by a comma mean both", () => {
    const constraint = fc.constantFrom(
      ...Object.keys(vectors.constraints).filter((key) => vectors.constraints[key] !== "!"),
    );
    fc.assert(
      fc.property(version, constraint, constraint, (candidate, a, b) => {
        expect(satisfies(candidate, `${a}, ${b}`)).toBe(satisfies(candidate, a) && satisfies(candidate, b));
      }),
    );
  });
});

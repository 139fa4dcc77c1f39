import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { explain } from "../../components/matrix/explain";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import { readIndex } from "../../components/matrix/read-index";
import { listTargets } from "../../components/matrix/targets";

const example = readIndex(join(__dirname, "../../examples/postgres"));
const monogres = readIndex(join(__dirname, "data/monogres"));
const catalogue = readIndex(join(__dirname, "data/catalogue"));

/** The conditions that do not hold. */
const against = (index: MatrixIndex, name: string, version: string, postgres: string) =>
  explain(index, name, version, postgres).flatMap(({ reasons }) =>
    reasons.filter(({ holds }) => !holds).map(({ question }) => question),
  );

describe("why", () => {
  test.each<[string, string, string, string[]]>([
    ["citus", "13.2.0", "17.7", []],
    ["citus", "13.2.0", "18.1", ["<=17"]],
    ["citus", "13.3.0", "17.7", ["version 13.3.0"]],
    ["noset", "0.2.0", "16.9", ["<14"]],
    ["noset", "0.3.0", "17.99", ["postgres 17.99"]],
    ["sslutils", "1.4", "18.1", []],
    ["adminpack", "-", "17.0", ["<17"]],
    ["adminpack", "-", "16.11", []],
  ])("%s %s on %s", (name, version, postgres, expected) => {
    expect(against(monogres, name, version, postgres)).toEqual(expected);
  });

  test("names the option that a contrib module misses", () => {
    expect(against(example, "pgcrypto", "-", "16.9")).toEqual(["needs option openssl"]);
  });

  test("says what the option set has, or that it has all", () => {
    const answers = (index: MatrixIndex, name: string) =>
      explain(index, name, "-", "16.9")[0]?.reasons.flatMap(({ question, answer }) =>
        question.startsWith("needs") ? [answer] : [],
      );
    expect(answers(example, "pgcrypto")).toEqual(["option set barebones has none"]);
    const needy = {
      ...monogres,
      contrib: [{ name: "x", fits: new Map([["postgres", "*"]]), requires: ["icu"], file: "f" }],
    };
    expect(answers(needy, "x")).toEqual(["option set full has all"]);
    expect(against(needy, "x", "-", "16.9")).toEqual([]);
  });

  test("names eight versions, and how many more there are", () => {
    expect(explain(monogres, "citus", "13.2.0", "17.7")[0]?.reasons[0]?.answer).toBe(
      "the index has 18.1, 18.0, 17.7, 17.6, 17.5, 17.4, 17.3, 17.2 and 14 more",
    );
  });

  test("takes a dash for the module where an extension has its name too", () => {
    const module = { name: "citus", fits: new Map([["postgres", "*"]]), requires: [], file: "f" };
    const both = { ...monogres, contrib: [module] };
    const title = (version: string) => explain(both, "citus", version, "17.7")[0]?.title;
    expect([title("-"), title("13.2.0")]).toEqual([
      "contrib module citus of postgres 17.7",
      "citus 13.2.0 on postgres 17.7",
    ]);
  });

  test.each([
    ["17.7+b42", "exactly 17.7+b42"],
    ["!=17.7", "not 17.7, no prerelease"],
    ["!=17.7+b42", "not 17.7+b42"],
    ["<17", "below 17.0"],
    ["<=17.7", "at most 17.7"],
    [">17.7", "above 17.7"],
    ["~16.2", "at least 16.2 and below 16.3, no prerelease"],
    ["!=17", "below 17.0, no prerelease, or at least 18.0"],
  ])("says what %s means", (spec, answer) => {
    const fits = new Map([["postgres", spec]]);
    const index = { ...monogres, extensions: [{ name: "e", versions: [{ version: "1", sources: [], fits }] }] };
    expect(explain(index, "e", "1", "17.7")[0]?.reasons.at(-1)).toMatchObject({ question: spec, answer });
  });

  test("asks every flavour", () => {
    expect(explain(catalogue, "citus", "13.2.0", "17.7").map(({ title, label }) => [title, label])).toEqual([
      ["citus 13.2.0 on babelfish 17.7", undefined],
      ["citus 13.2.0 on ivorysql 17.7", undefined],
      ["citus 13.2.0 on openhalo 17.7", undefined],
      ["citus 13.2.0 on postgres 17.7", "@pg_ext//citus/13.2.0/17.7:17.7"],
    ]);
    expect(explain(catalogue, "citext", "-", "5.1")[0]?.label).toBe("@babelfish_ext//contrib/citext/5.1:tar");
  });

  test("knows a module that is listed for some of the versions that are built", () => {
    expect(against(catalogue, "citext", "-", "18.1")).toEqual([
      "babelfish 18.1",
      "listed for babelfish",
      "ivorysql 18.1",
      "compatible with ivorysql",
      "openhalo 18.1",
      "compatible with openhalo",
      "listed for postgres",
    ]);
  });

  test("says what a clause means", () => {
    const [explanation] = explain(monogres, "citus", "13.2.0", "18.1");
    expect(explanation?.reasons.at(-1)).toEqual({
      question: "<=17",
      answer: "below 18.0, no prerelease",
      holds: false,
    });
  });

  test("offers near names for an unknown one", () => {
    expect(() => explain(monogres, "cituss", "1", "17.7")).toThrow(/found cituss; allowed: citus/);
  });

  test("agrees with the matrix on every pair", () => {
    const inMatrix = new Set(listTargets(monogres).map(({ label }) => label));
    const versions = monogres.flavours.flatMap(({ releases }) => releases.map(({ version }) => version));
    let agreed = 0;
    for (const postgres of versions) {
      for (const { name, versions: its } of monogres.extensions) {
        for (const { version } of its) {
          const [{ label } = { label: undefined }] = explain(monogres, name, version, postgres);
          const wanted = `//extensions/${name}:${name}~${version}~postgres~${postgres}`;
          expect(label, wanted).toBe(inMatrix.has(wanted) ? wanted : undefined);
          agreed++;
        }
      }
    }
    expect(agreed).toBe(22 * 4);
  });
});

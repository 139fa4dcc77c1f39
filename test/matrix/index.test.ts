import { describe, expect, test } from "vitest";

import { IndexError, Mistakes, show } from "../../components/matrix/mistakes";
import { parseIndex } from "../../components/matrix/read-index";
import { UserError } from "../../components/user-error";
import { readRepository, type Repository } from "../../components/matrix/repo-json";

const HEX = "bde6fc3ea30063a0f9bc721b9a6c63527606edb47d24e79889cebae9f91ee1e2";
const SRI = `sha256-${Buffer.from(HEX, "hex").toString("base64")}`;
const SHA512 = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

function read(json: unknown): Repository {
  const mistakes = new Mistakes();
  const repository = readRepository("pg_src", "repo.json", JSON.stringify(json), mistakes);
  mistakes.throwIfAny();
  if (repository === undefined) throw new Error("no repository");
  return repository;
}

function mistakesOf(json: unknown): string[] {
  try {
    read(json);
  } catch (error) {
    if (error instanceof IndexError) return error.mistakes.map(({ path, allowed }) => `${path}: ${allowed}`);
    throw error;
  }
  return [];
}

const index = (
  versions: unknown,
  source: Record<string, unknown> = { url: "u" },
  more: Record<string, unknown> = {},
) => ({
  version: 1,
  sources: { a: source, ...more },
  versions,
});

/** A property of the only source of version 1.0. */
const property = (versions: unknown, source: Record<string, unknown>, name = "url") =>
  read(index(versions, source)).versions.get("1.0")?.[0]?.properties.get(name);

describe("templates", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    ["chain in the order written", {}, { tag: "v{version}", filename: "{tag}-x", url: "h/{filename}" }, "h/v1.0-x"],
    ["insert what comes later as it is written", {}, { url: "h/{tag}", tag: "v{version}" }, "h/v{version}"],
    ["know the repository and the source", {}, { url: "{repo_name}/{source}/{version}" }, "pg_src/a/1.0"],
    ["take a version's property", { tag: "REL_1" }, { url: "{tag}" }, "REL_1"],
    ["do not fill in a version's property", { tag: "v{version}" }, { url: "{tag}" }, "v{version}"],
    ["let the source's own property win", { tag: "mine" }, { tag: "source's", url: "{tag}" }, "source's"],
    ["keep doubled braces", {}, { url: "{{version}}" }, "{version}"],
    ["fill lists and the values of maps", {}, { url: "u", x: ["{version}"], y: { "{version}": "{version}" } }, "u"],
    ["write booleans as Bazel does", { on: true }, { url: "{on}" }, "True"],
    ["write no value as Bazel does", { on: null }, { url: "{on}" }, "None"],
    ["write whole numbers", { n: 16 }, { url: "{n}" }, "16"],
    ["write lists as Bazel does", { l: ["a", 'b"', 1, false] }, { url: "{l}" }, '["a", "b\\"", 1, False]'],
    ["write maps as Bazel does", {}, { m: { k: "v" }, url: "{m}" }, '{"k": "v"}'],
    [
      "know every form of a digest",
      { sha256: HEX.toUpperCase() },
      { url: "{sha256} {integrity_algo} {integrity}" },
      `${HEX} sha256 ${SRI}`,
    ],
    ["know the digest of a subresource integrity", { integrity: SRI }, { url: "{integrity_hex_digest}" }, HEX],
  ])("%s", (_, version, source, expected) => {
    expect(property({ "1.0": version }, source)).toBe(expected);
  });

  test("fill lists and maps, but not the keys of maps", () => {
    const source = { url: "u", list: ["{version}"], map: { "{version}": "{version}" } };
    expect(property({ "1.0": {} }, source, "list")).toEqual(["1.0"]);
    expect(property({ "1.0": {} }, source, "map")).toEqual({ "{version}": "1.0" });
  });
});

describe("sources", () => {
  test("keep the first, sort the rest", () => {
    const { versions } = read(index(["1.0"], { url: "1" }, { z: { url: "2" }, b: { url: "3" } }));
    expect(versions.get("1.0")?.map(({ name }) => name)).toEqual(["a", "b", "z"]);
  });

  test("may each have a digest, or only some", () => {
    const { versions } = read(index({ "1.0": { sha256: { b: HEX } } }, { url: "1" }, { b: { url: "2" } }));
    expect(versions.get("1.0")?.map(({ sha256 }) => sha256)).toEqual([undefined, HEX]);
  });

  test("a digest of a source that does not exist passes, as it does upstream", () => {
    expect(mistakesOf(index({ "1.0": { sha256: { typo: HEX } } }))).toEqual([]);
  });

  test("may take their digest from a property of another name", () => {
    const source = { url: "u", sha256: "{digest}" };
    expect(read(index({ "1.0": { digest: HEX } }, source)).versions.get("1.0")?.[0]?.sha256).toBe(HEX);
  });

  test("may list several addresses", () => {
    const [source] = read(index(["1.0"], { url: ["h/{version}", "i/{version}"] })).versions.get("1.0") ?? [];
    expect(source?.urls).toEqual(["h/1.0", "i/1.0"]);
  });

  test("stay in the order written where their names look like numbers", () => {
    const text = `{"version":1,"versions":["1.0"],"sources":{"gh":{"url":"u"},"2":{"url":"{3}","3":"x"},"10":{"url":"u"}}}`;
    const mistakes = new Mistakes();
    const [gh, ten, two] = readRepository("pg_src", "repo.json", text, mistakes)?.versions.get("1.0") ?? [];
    expect([gh?.name, ten?.name, two?.name]).toEqual(["gh", "10", "2"]);
    expect([...(two?.properties.keys() ?? [])].slice(-2)).toEqual(["url", "3"]);
  });

  test("that are named twice: the last counts, as it does upstream", () => {
    const text = `{"version":1,"versions":["1.0"],"sources":{"a":{"url":"u"},"1":{"url":"v"},"a":{"url":"w"}}}`;
    const sources = readRepository("pg_src", "repo.json", text, new Mistakes())?.versions.get("1.0") ?? [];
    expect(sources.map(({ name, urls }) => [name, urls[0]])).toEqual([
      ["a", "w"],
      ["1", "v"],
    ]);
  });

  test("with sha512 have no sha256", () => {
    const [source] = read(index({ "1.0": { integrity: SHA512 } })).versions.get("1.0") ?? [];
    expect([source?.sha256, source?.integrity]).toEqual([undefined, SHA512]);
  });
});

describe("mistakes", () => {
  test.each<[string, unknown, RegExp[]]>([
    ["version as text", { ...index(["1.0"]), version: "1" }, [/^version: /]],
    ["no version", { sources: {}, versions: {} }, [/^version: /]],
    ["unknown key", { ...index(["1.0"]), extra: 1 }, [/^extra: no such key/]],
    ["no versions", index({}), [/^versions: at least one/]],
    ["no source", { version: 1, sources: {}, versions: ["1.0"] }, [/^sources: at least one/]],
    ["urls instead of url", index(["1.0"], { urls: ["u"] }), [/^sources\.a\.url: /]],
    ["a slash in a version", index(["1/0"]), [/^versions\.1\/0: /]],
    ["a slash in a source", index(["1.0"], { url: "u" }, { "b/c": { url: "u" } }), [/^sources\.b\/c: /]],
    ["a derived property", index({ "1.0": { integrity_sri: SRI } }), [/^versions\.1\.0\.integrity_sri: /]],
    [
      "a map that misses a source",
      index({ "1.0": { tag: { a: "1" } } }, { url: "u" }, { b: { url: "u" } }),
      [/tag: exactly the sources a, b/],
    ],
    ["a map with a source too many", index({ "1.0": { tag: { a: "1", b: "2" } } }), [/tag: exactly the sources a/]],
    [
      "both digests",
      index({ "1.0": { sha256: { a: HEX }, integrity: { b: SRI } } }, { url: "u" }, { b: { url: "u" } }),
      [/one of them/],
    ],
    ["128 digits", index({ "1.0": { sha256: "ab".repeat(64) } }), [/64 hexadecimal digits/]],
    ["63 digits", index({ "1.0": { sha256: HEX.slice(1) } }), [/64 hexadecimal digits/]],
    ["md5", index({ "1.0": { integrity: "md5-AAAA" } }), [/64 hexadecimal digits/]],
    ["an unknown placeholder", index(["1.0"], { url: "{nothing}" }), [/^sources\.a\.url: one of/]],
    [
      "a placeholder that one version lacks",
      index({ "1.0": { tag: "x" }, "2.0": {}, "3.0": {} }, { url: "{tag}" }),
      [/^sources\.a\.url \(for 2\.0 and 1 more\): one of/],
    ],
    ["a place instead of a name", index({ "1.0": { "0": "x" } }, { url: "{0}" }), [/^sources\.a\.url: one of/]],
    ["an attribute", index({ "1.0": { "a.b": "x" } }, { url: "{a.b}" }), [/^sources\.a\.url: one of/]],
    ["a fraction", index({ "1.0": { tag: 1.5 } }), [/^versions\.1\.0\.tag: a whole number or text/]],
    ["a lone brace", index(["1.0"], { url: "a}b" }), [/a partner/]],
    ["a number in a source", index(["1.0"], { url: "u", n: 1 }), [/^sources\.a\.n: text/]],
    [
      "a map of long names that misses one",
      index(
        { "1.0": { tag: { a: "1", ["b".repeat(90)]: "2", ["c".repeat(90)]: "3" } } },
        { url: "u" },
        {
          ["b".repeat(90)]: { url: "u" },
          ["d".repeat(90)]: { url: "u" },
        },
      ),
      [/tag: exactly the sources a, b+, d+/],
    ],
    ["43 digits of base64 without padding", index({ "1.0": { integrity: SRI.replace("=", "") } }), [/64 hexadecimal/]],
    ["another's length", index({ "1.0": { integrity: SHA512.replace("sha512", "sha256") } }), [/64 hexadecimal/]],
  ])("%s", (_, json, expected) => {
    const found = mistakesOf(json);
    expect(found).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(found[i]).toMatch(pattern);
  });

  test("show what they found, cut at 80 characters", () => {
    expect(show("a".repeat(78))).toBe(`"${"a".repeat(78)}"`);
    expect(show("a".repeat(79))).toBe(`"${"a".repeat(76)}…`);
    expect(show(undefined)).toBe("nothing");
  });

  test("are a user's own, the first by its place, what was found and what is allowed", () => {
    const attempt = () => parseIndex(new Map([["postgres/repo.json", "{}"]]), "/checkout");
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      expect.objectContaining({
        where: "/checkout/postgres/repo.json: version",
        found: "nothing",
        allowed: "1",
      }) as Error,
    );
  });

  test("of all files come at once, with file and path", () => {
    const files = new Map([
      [
        "postgres/repo.json",
        JSON.stringify({
          ...index({ "16": { sha256: HEX } }),
          metadata: { option_sets: { full: [] }, default_option_set: "ful" },
        }),
      ],
      [
        "extensions/vector/repo.json",
        JSON.stringify({ ...index({ "0.8.0": {} }), metadata: { compatible_with: { "0.8.0": ">=v16" } } }),
      ],
      ["extensions/contrib/contrib.json", "{"],
    ]);
    const attempt = () => parseIndex(files, "here");
    expect(attempt).toThrow(IndexError);
    expect(attempt).toThrow(/^9 mistakes\n/);
    expect(attempt).toThrow(/postgres\/repo\.json: versions\.16: found "16"; allowed: at position 2/);
    expect(attempt).toThrow(/default_option_set: found "ful"; allowed: full/);
    expect(attempt).toThrow(
      /extensions\/vector\/repo\.json: metadata\.compatible_with\.0\.8\.0: found ">=v16"; allowed: clauses of =, /,
    );
    expect(attempt).toThrow(/versions\.0\.8\.0\.sha256: found nothing/);
    expect(attempt).toThrow(/contrib\.json: found .*; allowed: JSON/);
  });

  test("no index at all is said with what would be one", () => {
    expect(() => parseIndex(new Map(), "here")).toThrow(/^here: found no index; allowed: build\/catalog/);
  });
});

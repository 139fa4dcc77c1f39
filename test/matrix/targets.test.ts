import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { PartKind } from "../../components/matrix/matrix-index";
import { parseIndex, readIndex } from "../../components/matrix/read-index";
import { listTargets, type Target, type TargetKind } from "../../components/matrix/targets";

const ROOT = join(__dirname, "../..");

function targetsOf(directory: string): Target[] {
  return listTargets(readIndex(join(ROOT, directory)));
}

function count(targets: readonly Target[], kind: TargetKind): number {
  return targets.filter((target) => target.kind === kind).length;
}

const labels = (targets: readonly Target[]) => targets.map(({ label }) => label);

describe("Monogres at 38b0e40", () => {
  const index = readIndex(join(ROOT, "test/matrix/data/monogres"));
  const targets = listTargets(index);
  const artifacts = targets.filter(({ manual }) => !manual);

  test("has 22 versions, 88 builds, 1,260 contrib tars, 64 extensions: 1,412 artifacts, 152 that compile", () => {
    expect(index.layout).toBe("monogres");
    expect(index.distributions).toEqual(["debian 12"]);
    expect(index.flavours.map(({ releases }) => releases.length)).toEqual([22]);
    expect(count(artifacts, "postgres")).toBe(88);
    expect(count(artifacts, "contrib")).toBe(1260);
    expect(count(artifacts, "extension")).toBe(64);
    expect(artifacts).toHaveLength(1412);
    expect(artifacts.filter(({ kind }) => kind !== "contrib")).toHaveLength(152);
  });

  test.each([
    ["16", 65, 12],
    ["17", 63, 8],
    ["18", 64, 2],
  ])("gives %s.x %i artifacts each", (major, each, releases) => {
    const versions = index.flavours[0]?.releases.map(({ version }) => version).filter((v) => v.startsWith(major)) ?? [];
    expect(versions).toHaveLength(releases);
    for (const version of versions) {
      expect(
        artifacts.filter(({ group }) => group.version === version),
        version,
      ).toHaveLength(each);
    }
  });

  test("knows 88 introspections, which only their labels select", () => {
    const introspections = targets.filter(({ kind, part }) => kind === "introspection" && part === undefined);
    expect(introspections).toHaveLength(88);
    expect(introspections.every(({ manual }) => manual)).toBe(true);
  });

  test("has every rule of the workspace, 5,548 less the 42 aliases of Debian packages that Starlark alone knows", () => {
    const parts = (part: PartKind | undefined) => targets.filter((target) => target.part === part).length;
    expect(parts("logs")).toBe(88 + 88 + 1);
    expect(parts("toolchain")).toBe(23);
    expect(parts("alias")).toBe(22 + 1 + 3);
    expect(parts("files")).toBe(3 * 1260);
    expect(targets.length - parts("source")).toBe(5548 - 42);
    expect(parts("source")).toBe(22 + 3);
    expect(targets.filter(({ part, manual }) => part !== undefined && !manual)).toEqual([]);
  });

  test.each([
    ["//postgres:postgres", "//postgres:postgres~18.1~full"],
    ["//postgres:postgres~16.9--toolchain", "//postgres:postgres~16.9~full"],
    ["//postgres:postgres~16.9~minimal--logs", "//postgres:postgres~16.9~minimal"],
    ["//extensions/citus:citus", "//extensions/citus:citus~13.2.0~postgres~17.7"],
    ["//extensions/noset:noset", "//extensions/noset:noset~0.3.0~postgres~18.1"],
    ["//extensions/contrib:citext~postgres~17.7--mtree", "//extensions/contrib:citext~postgres~17.7--tar"],
    ["@pgext_citus//13.2.0:dir", "//extensions/citus:citus~13.2.0~postgres~17.7"],
  ])("knows what %s belongs to", (label, whole) => {
    const [part, its] = [label, whole].map((wanted) => targets.find((target) => target.label === wanted));
    expect(part?.group).toBe(its?.group);
    expect([part?.kind, part?.name, part?.version]).toEqual([its?.kind, its?.name, its?.version]);
  });

  test("builds each extension where its constraint says", () => {
    const versions = (name: string, version: string) =>
      artifacts.filter((target) => target.name === name && target.version === version).length;
    expect(versions("noset", "0.3.0")).toBe(22);
    expect(versions("noset", "0.2.0")).toBe(0);
    expect(versions("sslutils", "1.4")).toBe(22);
    expect(versions("citus", "13.2.0")).toBe(20);
  });

  test.each([
    ["18.1", ["18.1"]],
    ["<16", []],
    [">=18, !=18.0", ["18.1"]],
    ["17.6+b42, 17.6", []],
  ])("builds what asks for %s against PostgreSQL %j", (spec, expected) => {
    const fits = new Map([["postgres", spec]]);
    const extensions = [{ name: "e", versions: [{ version: "1.0", sources: [], fits }] }];
    const built = listTargets({ ...index, extensions }).filter(({ kind, manual }) => kind === "extension" && !manual);
    expect(built.map(({ group }) => group.version)).toEqual(expected);
  });

  test("sorts by number: 16.11 is newer than 16.9", () => {
    const versions = index.flavours[0]?.releases.map(({ version }) => version) ?? [];
    expect(versions.slice(0, 3)).toEqual(["18.1", "18.0", "17.7"]);
    expect(versions.indexOf("16.11")).toBeLessThan(versions.indexOf("16.9"));
  });

  test.each([
    "//postgres:postgres~18.1~full",
    "//postgres:postgres~16.0~barebones--introspect",
    "//extensions/contrib:uuid-ossp~postgres~17.7--tar",
    "//extensions/citus:citus~13.2.0~postgres~17.7",
  ])("names %s", (label) => {
    expect(labels(targets)).toContain(label);
  });

  test("has no label twice", () => {
    expect(new Set(labels(targets)).size).toBe(targets.length);
  });
});

describe("the example workspace", () => {
  const targets = targetsOf("examples/postgres");

  test("has the labels of its BUILD files", () => {
    expect(labels(targets)).toEqual(
      expect.arrayContaining([
        "//postgres:postgres~16.9~barebones",
        "//extensions/pgvector:pgvector~0.8.0~postgres~16.9",
        "//extensions/contrib:citext~postgres~16.9",
        "//smoke:hello",
      ]) as string[],
    );
  });

  test("gives a sha256 for each source, PostgreSQL's and the extension's own", () => {
    const vector = targets.find(({ label }) => label === "//extensions/pgvector:pgvector~0.8.0~postgres~16.9");
    expect(vector?.sources).toEqual(["542c112013c5d0c936a741daa8c2e98fc5e28e0a5df9dcf0c1e8337236d6ab39"]);
    expect(vector?.group.sources).toEqual(["ba802511eb34a99d8449fc46d512f34f2b1273324dad4a8e2ca2954630ceb246"]);
  });

  test("leaves out contrib modules whose options the default set lacks, and those of other versions", () => {
    const contrib = labels(targets.filter(({ kind }) => kind === "contrib"));
    expect(contrib).not.toContain("//extensions/contrib:pgcrypto~postgres~16.9");
    expect(contrib).not.toContain("//extensions/contrib:pg_overexplain~postgres~16.9");
    expect(contrib).toContain("//extensions/contrib:old_snapshot~postgres~16.9");
  });
});

describe("the catalogue", () => {
  const targets = targetsOf("test/matrix/data/catalogue");
  const whole = targets.filter(({ part }) => part === undefined);

  test("has flavours, each with its option sets", () => {
    expect(count(whole, "postgres")).toBe((4 + 2 + 2 + 1) * 4);
    expect(labels(whole)).toEqual(
      expect.arrayContaining([
        "@pg//18.1/full:tar",
        "@babelfish//5.1/barebones:tar",
        "@ivory//4.0/regular:tar",
        "@openhalo//1beta1/full:tar",
      ]) as string[],
    );
  });

  test("has an introspection, a toolchain and logs for each build", () => {
    expect(count(whole, "introspection")).toBe(36);
    for (const label of ["@ivory//5.0/full:introspect", "@pg//18.1/minimal:toolchain", "@pg//16.9:tar.dev"]) {
      expect(labels(targets)).toContain(label);
    }
    expect(new Set(labels(targets)).size).toBe(targets.length);
  });

  test("names the distributions that it has dependencies for", () => {
    expect(readIndex(join(ROOT, "test/matrix/data/catalogue")).distributions).toEqual(["debian 12", "debian 13"]);
  });

  test("builds an extension only where it is listed, and only against the flavours that it names", () => {
    expect(labels(whole.filter(({ kind }) => kind === "extension"))).toEqual([
      "@pg_ext//citus/13.2.0/17.7:17.7",
      "@pg_ext//citus/13.2.0/16.11:16.11",
      "@pg_ext//citus/13.2.0/16.9:16.9",
    ]);
  });

  test("has contrib modules for the versions that are listed and built", () => {
    expect(labels(whole.filter(({ kind }) => kind === "contrib")).sort()).toEqual([
      "@babelfish_ext//contrib/citext/4.0:tar",
      "@babelfish_ext//contrib/citext/5.1:tar",
      "@ivory_ext//contrib/gb18030_2022/5.0:tar",
      "@openhalo_ext//contrib/aux_mysql/1beta1:tar",
      "@pg_ext//contrib/amcheck/16.9:tar",
      "@pg_ext//contrib/amcheck/18.1:tar",
      "@pg_ext//contrib/citext/16.11:tar",
      "@pg_ext//contrib/citext/16.9:tar",
      "@pg_ext//contrib/citext/17.7:tar",
    ]);
  });

  const repository = (metadata: unknown) =>
    JSON.stringify({ version: 1, sources: { gh: { url: "{repo_name}" } }, versions: ["16.9"], metadata });

  test("takes a repository that names no flavour for PostgreSQL, and no flavour twice", () => {
    const files = new Map([
      ["catalog/postgres/repo.json", repository({ flavor: "postgres" })],
      ["catalog/orioledb/repo.json", repository({})],
    ]);
    expect(() => parseIndex(files, "here")).toThrow(
      /catalog\/postgres\/repo\.json: metadata\.flavor: found "postgres"; allowed: another than catalog\/orioledb/,
    );
    files.set("catalog/orioledb/repo.json", repository({ flavor: "orioledb" }));
    expect(labels(listTargets(parseIndex(files, "here")))).toContain("@orioledb//16.9/full:tar");
  });

  test("names what is listed and not there, and what the list may not have", () => {
    const files = new Map([
      ["catalog/postgres/repo.json", repository({})],
      ["catalog/extensions/index.json", JSON.stringify({ version: 1, extensions: ["citus"], contrib: ["hstore"] })],
      ["catalog/extensions/contrib/hstore/repo.json", JSON.stringify({ versions: "16.9" })],
    ]);
    expect(() => parseIndex(files, "here")).toThrow(
      /extensions: found "citus"; .*catalog\/extensions\/citus\/repo\.json/,
    );
    expect(() => parseIndex(files, "here")).toThrow(/hstore\/repo\.json: versions: found "16\.9"/);
    files.set("catalog/extensions/index.json", JSON.stringify({ version: 2, more: [] }));
    expect(() => parseIndex(files, "here")).toThrow(
      /index\.json: version: found 2; allowed: 1[^]*more: found "more"; allowed: no/,
    );
    files.set("catalog/extensions/index.json", "{");
    expect(() => parseIndex(files, "here")).toThrow(/index\.json: found .* allowed: JSON/);
  });

  test("is in the order of names, whatever the order of its list", () => {
    const modules = ["hstore", "citext"];
    const files = new Map(
      modules.map((name) => [`catalog/extensions/contrib/${name}/repo.json`, '{"versions":["16.9"]}']),
    );
    files.set("catalog/postgres/repo.json", repository({}));
    files.set("catalog/extensions/index.json", JSON.stringify({ contrib: modules }));
    expect(parseIndex(files, "here").contrib.map(({ name }) => name)).toEqual(["citext", "hstore"]);
  });

  test("knows its repositories by the names that templates may ask for", () => {
    const files = new Map([
      ["catalog/ivorysql/repo.json", repository({ flavor: "ivorysql" })],
      ["catalog/extensions/citus/repo.json", repository({})],
    ]);
    const index = parseIndex(files, "here");
    expect(index.flavours[0]?.releases[0]?.sources[0]?.urls).toEqual(["ivory_src"]);
    expect(index.extensions[0]?.versions[0]?.sources[0]?.urls).toEqual(["pg_ext_src--citus"]);
  });
});

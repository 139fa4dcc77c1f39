import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { readIndex } from "../../components/matrix/read-index";
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
    expect(targets.filter(({ kind, manual }) => kind === "introspection" && manual)).toHaveLength(88);
  });

  test("builds each extension where its constraint says", () => {
    const versions = (name: string, version: string) =>
      artifacts.filter((target) => target.name === name && target.version === version).length;
    expect(versions("noset", "0.3.0")).toBe(22);
    expect(versions("noset", "0.2.0")).toBe(0);
    expect(versions("sslutils", "1.4")).toBe(22);
    expect(versions("citus", "13.2.0")).toBe(20);
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

  test("has flavours, each with its option sets", () => {
    expect(count(targets, "postgres")).toBe((4 + 2) * 4);
    expect(labels(targets)).toEqual(
      expect.arrayContaining(["@pg//18.1/full:tar", "@babelfish//5.1/barebones:tar"]) as string[],
    );
  });

  test("names the distributions that it has dependencies for", () => {
    expect(readIndex(join(ROOT, "test/matrix/data/catalogue")).distributions).toEqual(["debian 12", "debian 13"]);
  });

  test("builds an extension only against the flavours that it names", () => {
    expect(labels(targets.filter(({ kind }) => kind === "extension"))).toEqual([
      "@pg_ext//citus/13.2.0/17.7:17.7",
      "@pg_ext//citus/13.2.0/16.11:16.11",
      "@pg_ext//citus/13.2.0/16.9:16.9",
    ]);
  });

  test("has contrib modules for the versions that are listed and built", () => {
    expect(labels(targets.filter(({ kind }) => kind === "contrib")).sort()).toEqual([
      "@babelfish_ext//contrib/citext/4.0:tar",
      "@babelfish_ext//contrib/citext/5.1:tar",
      "@pg_ext//contrib/citext/16.11:tar",
      "@pg_ext//contrib/citext/16.9:tar",
      "@pg_ext//contrib/citext/17.7:tar",
    ]);
  });
});

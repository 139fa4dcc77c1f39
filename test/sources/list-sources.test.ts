import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { planRelease } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { listSources, sourcesOf } from "../../local/sources/list-sources";
import { parseSourceUrl } from "../../local/sources/source-url";

const index = readIndex(join(__dirname, "..", "..", "examples", "postgres"));

describe("sources of the example", () => {
  it("are all of a form that can be fetched, each named by the key to edit", () => {
    const sources = listSources(index);
    expect(sources.map(({ where }) => where)).toContain("extensions/pgvector/repo.json: versions.0.8.0");
    for (const { urls, where } of sources) for (const url of urls) parseSourceUrl(url, where);
    expect(new Set(sources.map(({ sha256 }) => sha256)).size).toBe(sources.length);
  });

  it("of one target are its own and PostgreSQL's alone", () => {
    const targets = ["//extensions/pgvector:pgvector~0.8.0~postgres~16.9"];
    const sources = sourcesOf(index, planRelease({ index, targets, architectures: ["amd64"] }));
    expect(sources.map(({ where }) => where)).toEqual([
      "postgres/repo.json: versions.16.9",
      "extensions/pgvector/repo.json: versions.0.8.0",
    ]);
  });

  it("of a check are none", () => {
    expect(sourcesOf(index, planRelease({ index, targets: ["//smoke:hello"], architectures: ["amd64"] }))).toEqual([]);
  });
});

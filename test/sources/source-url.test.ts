import { describe, expect, it } from "vitest";

import { parseSourceUrl } from "../../local/sources/source-url";

const GOOD: [string, object][] = [
  [
    "gomod://github.com/pgvector/pgvector@v0.8.0",
    { scheme: "gomod", module: "github.com/pgvector/pgvector", version: "v0.8.0" },
  ],
  [
    "gomod://github.com/postgres/postgres@v0.0.0-20250505203008-6e4ab1b69197",
    { scheme: "gomod", module: "github.com/postgres/postgres", version: "v0.0.0-20250505203008-6e4ab1b69197" },
  ],
  [
    "apt://postgresql-15@15.18-0+deb12u1/postgresql-15_15.18.orig.tar.bz2",
    {
      scheme: "apt",
      package: "postgresql-15",
      version: "15.18-0+deb12u1",
      file: "postgresql-15_15.18.orig.tar.bz2",
    },
  ],
  ["https://example.org/a.tar.gz?x=1", { scheme: "https", url: "https://example.org/a.tar.gz?x=1" }],
];

const BAD = [
  "",
  "pgvector",
  "http://example.org/a.tar.gz",
  "file:///etc/passwd",
  "https://",
  "gomod://github.com/pgvector/pgvector",
  "gomod://@v1.0.0",
  "gomod://github.com/pgvector/pgvector@-o=/etc",
  "gomod://github.com/pg vector@v1",
  "apt://postgresql-15@15.18",
  "apt://postgresql-15@15.18/../x.tar",
  "apt://postgresql-15@15.18/sub/x.tar",
  "apt://-o=Dir::x@1/x.tar",
  "apt://postgresql-15/x.tar",
];

describe("parseSourceUrl", () => {
  it.each(GOOD)("reads %s", (text, expected) => {
    expect(parseSourceUrl(text, "x")).toEqual(expected);
  });

  it.each(BAD)("refuses %j, naming the key and the forms allowed", (text) => {
    expect(() => parseSourceUrl(text, "a/repo.json: versions.1.url")).toThrow(
      `a/repo.json: versions.1.url: found ${text || "no url"}; allowed: gomod://MODULE@VERSION, apt://`,
    );
  });
});

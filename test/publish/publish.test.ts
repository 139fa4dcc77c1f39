import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import type { Artifact } from "../../local/publish/judge";
import { statementSchema } from "../../local/publish/provenance";
import { publish, type PublishOptions, readContent, readPublished } from "../../local/publish/publish";
import { entrySchema, indexSchema, POINTER, pointerSchema } from "../../local/publish/repository";
import type { Signer } from "../../local/publish/sign";
import { PROBE } from "../../local/publish/store";
import type { Progress } from "../../local/terminal/progress";
import { artifacts, BUILD, CITEXT, content, green, PGVECTOR, POSTGRES, sha256, state } from "./values";
import { SimulatedS3 } from "./s3";

const BUCKETS = { release: "farm-release", provenance: "farm-provenance", repo: "farm-repo" };
const SILENT: Progress = {
  task: (_title, _seconds, work) => work({ fraction: () => undefined, note: () => undefined }),
  line: () => undefined,
};
const POINTER_PATH = `/${BUCKETS.repo}/${POINTER}`;

let s3: SimulatedS3;

beforeEach(async () => {
  s3 = await new SimulatedS3().start();
  for (const label of [POSTGRES, PGVECTOR, CITEXT]) for (const arch of ["amd64", "arm64"] as const) lay(label, arch);
});
afterEach(() => {
  s3.end();
});

function lay(label: string, architecture: Architecture, bytes = content(label, architecture)): void {
  s3.objects.set(`/${BUCKETS.release}/sha256/${sha256(content(label, architecture))}`, bytes);
}

const of = (labels: readonly string[], architecture: Architecture = "amd64"): readonly Artifact[] =>
  artifacts(
    state(
      labels.map((label) => green(label, architecture)),
      { architecture },
    ),
  );
const put = (what: readonly Artifact[], options: Partial<PublishOptions> = {}) =>
  publish(s3.store(), BUCKETS, what, BUILD, { dryRun: false, ...options }, SILENT);

/** The packages of the index, as a reader comes to them: by the pointer. */
async function packages() {
  const labels = [...of([POSTGRES, PGVECTOR, CITEXT]), ...of([POSTGRES], "arm64")];
  const { pages } = await readPublished(s3.store(), BUCKETS.repo, labels);
  return [...pages.values()].flatMap((page) => page.packages);
}
const labels = async () => (await packages()).map(({ target, architecture }) => `${target} ${architecture}`).sort();

describe("publishing", () => {
  test("leads a reader from the pointer to index, packages, artifacts and their provenance", async () => {
    expect((await put(of([POSTGRES, PGVECTOR]))).isNew).toBe(true);
    const pointer = pointerSchema.parse(JSON.parse(s3.text(POINTER_PATH) ?? ""));
    const index = await readContent(s3.store(), BUCKETS.repo, pointer.index.sha256, indexSchema);
    expect(
      index.pages.map(({ flavour, postgres, architecture, packages: count }) => [
        flavour,
        postgres,
        architecture,
        count,
      ]),
    ).toEqual([["postgres", "16.9", "amd64", 2]]);
    const found = await packages();
    expect(found.map((entry) => entrySchema.parse(entry))).toMatchObject([
      { package: "pgvector", version: "0.8.0", postgres: "16.9", kind: "extension", sha256: green(PGVECTOR).sha256 },
      { package: "postgres", version: "16.9", optionSet: "barebones", kind: "postgres", size: green(POSTGRES).size },
    ]);
    for (const { provenance, sha256: artifact } of found) {
      const text = s3.text(`/${BUCKETS.provenance}/sha256/${provenance}`) ?? "";
      expect(sha256(text)).toBe(provenance);
      expect(statementSchema.parse(JSON.parse(text)).subject[0].digest.sha256).toBe(artifact);
    }
  });

  test("stores the pointer last, and everything else under the digest of its content", async () => {
    await put(of([POSTGRES, PGVECTOR]));
    expect(s3.written.at(-1)).toBe(POINTER_PATH);
    const others = s3.written.slice(0, -1).filter((path) => !path.endsWith(PROBE));
    expect(others).toHaveLength(4);
    for (const path of others) expect(path).toBe(`${path.slice(0, -64)}${sha256(s3.objects.get(path) ?? "")}`);
  });

  test("a second time stores nothing, whatever commit is checked out by then", async () => {
    await put(of([POSTGRES, PGVECTOR]));
    const before = s3.written.length;
    const again = await publish(
      s3.store(),
      BUCKETS,
      of([POSTGRES, PGVECTOR]),
      { ...BUILD, commit: { sha1: "f".repeat(40) } },
      { dryRun: false },
      SILENT,
    );
    expect(again.isNew).toBe(false);
    expect(s3.written).toHaveLength(before);
  });

  test("adds to what others published, page by page", async () => {
    await put(of([POSTGRES]));
    await put(of([POSTGRES], "arm64"));
    const { publication } = await put(of([POSTGRES, PGVECTOR]));
    expect(publication.packages.map(({ how }) => how)).toEqual(["there", "new"]);
    expect(await labels()).toEqual([`${PGVECTOR} amd64`, `${POSTGRES} amd64`, `${POSTGRES} arm64`]);
  });

  test("puts another artifact of the same package in the old one's place", async () => {
    await put(of([POSTGRES]));
    const bytes = Buffer.from("built by another image");
    s3.objects.set(`/${BUCKETS.release}/sha256/${sha256(bytes)}`, bytes);
    const other = artifacts(state([{ ...green(POSTGRES), sha256: sha256(bytes), size: bytes.length }]));
    const { publication } = await put(other);
    expect(publication.packages.map(({ how }) => how)).toEqual(["replaced"]);
    expect((await packages()).map((entry) => entry.sha256)).toEqual([sha256(bytes)]);
  });

  test("dry says the same, and stores nothing at all", async () => {
    const { publication, isNew } = await put(of([POSTGRES, PGVECTOR]), { dryRun: true });
    expect(isNew).toBe(true);
    expect(publication.provenance).toHaveLength(2);
    expect(s3.written).toEqual([]);
  });
});

describe("refuses", () => {
  test.each([
    [
      "other bytes",
      Buffer.from("//postgres:postgres~16.9~barebones for AMD64"),
      /found 44 bytes of sha256 [0-9a-f]{64};/,
    ],
    ["fewer bytes", Buffer.from(""), /found 0 bytes of sha256 e3b0c442/],
  ])("an artifact of %s, before anything can be read", async (_name, bytes, line) => {
    lay(POSTGRES, "amd64", bytes);
    await expect(put(of([POSTGRES]))).rejects.toThrow(line);
    expect(s3.written.filter((path) => !path.endsWith(PROBE))).toEqual([]);
  });

  test("two of one digest that claim different sizes", async () => {
    const { sha256: same } = green(POSTGRES);
    await expect(
      put(artifacts(state([green(POSTGRES), { ...green(CITEXT), ...(same && { sha256: same }) }]))),
    ).rejects.toThrow(`sha256 ${same ?? ""} (${CITEXT}): found 51 bytes; allowed: 44, as of ${POSTGRES}`);
    expect(s3.written.filter((path) => !path.endsWith(PROBE))).toEqual([]);
  });

  test("an artifact that is not there", async () => {
    s3.objects.clear();
    await expect(put(of([POSTGRES]))).rejects.toThrow(/\(\/\/postgres:postgres~16\.9~barebones\): found nothing/);
  });

  test.each([
    ["if-none-match", "If-Match", /although If-Match forbids it; allowed: an S3 service with conditional writes/],
    ["if-match", "If-None-Match", /although If-None-Match forbids it/],
  ])("a service that keeps %s alone, not %s", async (kept, _broken, line) => {
    s3.keeps = [kept];
    await expect(put(of([POSTGRES]))).rejects.toThrow(line);
    expect(s3.text(POINTER_PATH)).toBeUndefined();
  });

  test.each([
    ["no JSON", "{", /index\.json: found no JSON; allowed: what docs/],
    ["another version", '{"version":2}', /index\.json: version: found .*; allowed: what docs\/publish\.md describes/],
  ])("a pointer that is %s", async (_name, text, line) => {
    s3.objects.set(POINTER_PATH, Buffer.from(text));
    await expect(put(of([POSTGRES]))).rejects.toThrow(line);
    expect(s3.text(POINTER_PATH)).toBe(text);
  });

  test("an index whose content is not what its name says", async () => {
    const { publication } = await put(of([POSTGRES]));
    s3.objects.set(`/${BUCKETS.repo}/${publication.index.key}`, Buffer.from('{"version":1,"pages":[]}\n'));
    await expect(put(of([PGVECTOR]))).rejects.toThrow(/allowed: content that its name says/);
  });
});

describe("is carried on by the same command", () => {
  test("after an end at any write", async () => {
    await put(of([POSTGRES, PGVECTOR]));
    const whole = new Map(s3.objects);
    const writes = s3.written.length;
    expect(writes).toBe(6);
    for (let end = 0; end < writes; end++) {
      for (const path of s3.written.splice(0)) s3.objects.delete(path);
      let left = end;
      s3.beforeWrite = () => left-- > 0;
      await expect(put(of([POSTGRES, PGVECTOR]))).rejects.toThrow();
      // Whoever reads meanwhile finds nothing, or all of it.
      expect(await labels()).toEqual([]);
      s3.beforeWrite = () => true;
      await put(of([POSTGRES, PGVECTOR]));
      expect(s3.objects).toEqual(whole);
    }
  });

  test("and two who publish at once both come in", async () => {
    await put(of([POSTGRES]));
    let isFirst = true;
    s3.beforeWrite = async (path) => {
      if (path !== POINTER_PATH || !isFirst) return true;
      isFirst = false;
      await put(of([CITEXT]));
      return true;
    };
    await put(of([PGVECTOR]));
    expect(await labels()).toEqual([`${CITEXT} amd64`, `${PGVECTOR} amd64`, `${POSTGRES} amd64`]);
    s3.beforeWrite = () => true;
    await Promise.all([put(of([PGVECTOR], "arm64")), put(of([POSTGRES], "arm64"))]);
    expect(await labels()).toHaveLength(5);
  });
});

describe("signed", () => {
  /** A simulated signer: its signatures name it and what they are over. */
  const signerOf = (name: string): Signer => ({
    sign: (text) => Promise.resolve(`${name} over ${sha256(text)}`),
    verify: (where, text, bundle) =>
      bundle === `${name} over ${sha256(text)}`
        ? Promise.resolve()
        : Promise.reject(new UserError(where, bundle, `a signature of ${name}`)),
  });
  const signer = signerOf("us");
  const pointer = () => pointerSchema.parse(JSON.parse(s3.text(POINTER_PATH) ?? ""));

  test("the pointer names the signature of its index, made once", async () => {
    const { publication } = await put(of([POSTGRES]), { signer });
    expect(s3.text(`/${BUCKETS.repo}/${pointer().signature ?? ""}`)).toBe(`us over ${publication.index.sha256}`);
    const before = s3.written.length;
    expect((await put(of([POSTGRES]), { signer })).isNew).toBe(false);
    expect(s3.written).toHaveLength(before);
    expect((await put(of([POSTGRES, PGVECTOR]), { signer })).isNew).toBe(true);
  });

  test("is never followed by an index without one", async () => {
    await put(of([POSTGRES]), { signer });
    await expect(put(of([PGVECTOR]))).rejects.toThrow(UserError);
    await expect(put(of([PGVECTOR]))).rejects.toThrow(/index\.json, which is signed; allowed: --sign/);
  });

  test("follows none without one, unless it is adopted by name", async () => {
    await put(of([POSTGRES]));
    const before = s3.text(POINTER_PATH);
    await expect(put(of([PGVECTOR]), { signer })).rejects.toThrow(
      "./farm publish --sign: found s3://farm-repo/index.json, which nobody signed; allowed: --adopt, to sign all that it has",
    );
    expect(s3.text(POINTER_PATH)).toBe(before);
    expect((await put(of([POSTGRES]), { signer, adopt: true })).isNew).toBe(true);
    expect(pointer().signature).toBeDefined();
    expect((await put(of([PGVECTOR]), { signer })).isNew).toBe(true);
  });

  test.each([
    ["somebody else's", "them over ?", /\.sigstore\.json: found them over [0-9a-f]{64}; allowed: a signature of us/],
    ["one over another index", `us over ${sha256("another")}`, /allowed: a signature of us/],
    ["one that is gone", undefined, /\.sigstore\.json: found nothing; allowed: the signature that the pointer names/],
  ])("follows none with %s", async (_name, bundle, line) => {
    const { publication } = await put(of([POSTGRES]), { signer });
    const path = `/${BUCKETS.repo}/${pointer().signature ?? ""}`;
    const before = s3.text(POINTER_PATH);
    if (bundle === undefined) s3.objects.delete(path);
    else s3.objects.set(path, Buffer.from(bundle.replace("?", publication.index.sha256)));
    for (const dryRun of [true, false]) await expect(put(of([PGVECTOR]), { signer, dryRun })).rejects.toThrow(line);
    expect(s3.text(POINTER_PATH)).toBe(before);
  });

  test("is not taken from whoever left one before", async () => {
    const { publication } = await put(of([POSTGRES]), { signer, dryRun: true });
    const { key } = publication.index;
    s3.objects.set(`/${BUCKETS.repo}/${key}.sigstore.json`, Buffer.from(`them over ${publication.index.sha256}`));
    await expect(put(of([POSTGRES]), { signer })).rejects.toThrow(/found them over .*; allowed: a signature of us/);
    expect(s3.text(POINTER_PATH)).toBeUndefined();
  });
});

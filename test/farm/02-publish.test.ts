import { beforeAll, describe, expect, test } from "vitest";

import type { Entry } from "../../local/publish/repository";
import { indexSchema, pageSchema, POINTER, pointerSchema } from "../../local/publish/repository";
import { readContent } from "../../local/publish/publish";
import { statementSchema } from "../../local/publish/provenance";
import { RepositoryStore } from "../../local/publish/store";
import { farmOutputs } from "../../local/release/declared";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm, release, type Release } from "./cluster";

const POSTGRES = "//postgres:postgres~16.9~barebones";
const PGVECTOR = "//extensions/pgvector:pgvector~0.8.0~postgres~16.9";
const HELLO = "//smoke:hello";

interface Published {
  readonly release: string;
  readonly isNew: boolean;
  readonly index: string;
  readonly packages: readonly (Entry & { readonly how: string })[];
}

async function publish(...args: string[]): Promise<Published> {
  const { code, stdout, stderr } = await farm("publish", "--json", ...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Published;
}

/** The packages for PostgreSQL 16.9 on amd64, as a reader comes to them from the pointer; none before the first release. */
async function shown(store: RepositoryStore): Promise<readonly Entry[]> {
  const text = await store.text("repo", POINTER);
  if (text === undefined) return [];
  const { pages } = await readContent(store, "repo", pointerSchema.parse(JSON.parse(text)).index.sha256, indexSchema);
  const [page] = pages.filter(({ postgres, architecture }) => postgres === "16.9" && architecture === "amd64");
  return page === undefined ? [] : (await readContent(store, "repo", page.sha256, pageSchema)).packages;
}

describe("./farm publish", () => {
  let first: Release;
  let store: RepositoryStore;

  beforeAll(async () => {
    first = (await release(HELLO, POSTGRES, PGVECTOR)).release;
    const { s3, credentials } = await farmOutputs(await presentTools());
    store = new RepositoryStore(s3.address, s3.region, credentials);
  });

  test("shows the last release: from the pointer a reader comes to each package and how it came about", async () => {
    // A farm that stood here before may have shown the same bytes: how they came about then, stays.
    const before = await shown(store);
    const published = await publish();
    expect(published.release).toBe(first.id);
    const { index } = pointerSchema.parse(JSON.parse((await store.text("repo", POINTER)) ?? ""));
    expect(index.sha256).toBe(published.index);
    const packages = await shown(store);
    for (const label of [POSTGRES, PGVECTOR]) {
      const verdict = first.verdicts.find((one) => one.label === label);
      const entry = packages.find(({ target }) => target === label);
      expect(entry).toMatchObject({ sha256: verdict?.sha256, size: verdict?.size });
      const { subject, predicate } = await readContent(store, "provenance", entry?.provenance ?? "", statementSchema);
      expect(subject[0]).toEqual({ name: label, digest: { sha256: verdict?.sha256 } });
      const earlier = before.find(({ target, sha256 }) => target === label && sha256 === entry?.sha256);
      if (earlier !== undefined) expect(entry).toEqual(earlier);
      else expect(predicate.runDetails.builder.id).toBe("urn:monofarm:local");
      expect(predicate.buildDefinition.internalParameters.workerImage).toMatch(/@sha256:[0-9a-f]{64}$/);
      const result = `${predicate.runDetails.metadata.invocationId}/result.json`;
      expect(await store.text("logs", result)).toContain(`"label":"${label}"`);
    }
    expect(packages.map(({ target }) => target)).not.toContain(HELLO);
  });

  test("a second time does nothing, and says so", async () => {
    expect(await publish()).toMatchObject({ isNew: false, release: first.id });
    expect((await farm("publish")).stdout).toContain(
      `Release ${first.id} is published already, 2 packages: nothing to do`,
    );
    expect((await publish("--dry-run")).isNew).toBe(false);
  });

  test("rests on a store that keeps its conditions: who writes on an older version is refused", async () => {
    const read = await store.read("repo", POINTER);
    expect(await store.compareAndPut("repo", POINTER, "{}", `"${"0".repeat(32)}"`)).toBe(false);
    expect(await store.compareAndPut("repo", POINTER, "{}", undefined)).toBe(false);
    expect(await store.read("repo", POINTER)).toEqual(read);
    expect(await store.compareAndPut("repo", POINTER, read?.text ?? "", read?.etag)).toBe(true);
  });

  test("refuses a release with a red target, in one line that names it", async () => {
    const before = await store.text("repo", POINTER);
    expect((await release("//smoke:broken")).code).toBe(1);
    const { code, stdout, stderr } = await farm("publish");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /found release \w+, 1 red: \/\/smoke:broken \(amd64: failed, s3:\/\/logs\/\S+\/log\.txt\); allowed: /,
    );
    expect(await store.text("repo", POINTER)).toBe(before);
    expect((await release(HELLO, POSTGRES, PGVECTOR)).code).toBe(0);
  });
});

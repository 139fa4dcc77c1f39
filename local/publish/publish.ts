import { createHash } from "node:crypto";

import type { z } from "zod";

import type { Purpose } from "../../components/artifacts/purposes";
import { readJson } from "../../components/json";
import { UserError } from "../../components/user-error";
import type { Progress } from "../terminal/progress";
import { atOnce } from "./at-once";
import type { Artifact } from "./judge";
import { EMPTY, planPublication, type Publication, type Published } from "./plan-publication";
import type { Build } from "./provenance";
import {
  contentKey,
  entryOf,
  indexSchema,
  pageKey,
  pageSchema,
  POINTER,
  type Pointer,
  pointerSchema,
  type Stored,
} from "./repository";
import type { Signer } from "./sign";
import type { RepositoryStore } from "./store";
import { verify } from "./verify";

const DESCRIBED = "what docs/publish.md describes";

/** How to publish. */
export interface PublishOptions {
  /** Stores nothing. */
  readonly dryRun: boolean;
  /** Signs the index. @default nothing is signed */
  readonly signer?: Signer;
  /** Signs an index that goes back to one that nobody signed, or somebody else. @default false */
  readonly adopt?: boolean;
}

/** What publishing came to. */
export interface Outcome {
  readonly publication: Publication;
  /** False where all of it was published before. */
  readonly isNew: boolean;
}

type Buckets = Readonly<Record<Extract<Purpose, "release" | "provenance" | "repo">, string>>;

/** Objects that are stored at once. */
const AT_ONCE = 16;

/** Times that another publisher may be first. */
const ATTEMPTS = 10;

/**
 * Publishes artifacts: their bytes are read, their provenance is stored, then pages and index, and last the pointer,
 * which is changed by comparison. Whoever is interrupted anywhere does it again, and finds what is stored.
 * @throws UserError where bytes are not what their digest says, what is published is not what this version writes, or was
 * not signed by whoever signs now
 */
export async function publish(
  store: RepositoryStore,
  buckets: Buckets,
  artifacts: readonly Artifact[],
  build: Build,
  { dryRun, signer, adopt = false }: PublishOptions,
  progress: Progress,
): Promise<Outcome> {
  const verified = new Set<Artifact>();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const published = await readPublished(store, buckets.repo, artifacts);
    if (!adopt || signer === undefined) await checkSigned(store, buckets.repo, published, signer);
    const publication = planPublication(artifacts, build, published);
    const isNew = hasChanged(publication, published, signer !== undefined);
    if (!isNew || dryRun) return { publication, isNew };
    if (attempt === 1) await store.checkConditions(buckets.repo);
    const unread = publication.artifacts.filter((artifact) => !verified.has(artifact));
    await verify(store, buckets.release, unread, progress);
    for (const artifact of unread) verified.add(artifact);
    await put(store, buckets.provenance, publication.provenance, "Store provenance", progress);
    await put(store, buckets.repo, [...publication.pages, publication.index], "Store index", progress);
    const pointer = await pointerOf(store, buckets.repo, publication, signer);
    const text = `${JSON.stringify(pointer)}\n`;
    if (await store.compareAndPut(buckets.repo, POINTER, text, published.etag)) return { publication, isNew };
    progress.line("  another has published meanwhile: again, on top of that");
  }
  const found = `a pointer that others changed ${ATTEMPTS} times meanwhile`;
  throw new UserError(`s3://${buckets.repo}/${POINTER}`, found, "a quieter moment; the same command carries on");
}

function hasChanged({ index }: Publication, { pointer }: Published, isSigned: boolean): boolean {
  return index.sha256 !== pointer?.index.sha256 || (isSigned && pointer.signature === undefined);
}

async function put(
  store: RepositoryStore,
  bucket: string,
  objects: readonly Stored[],
  title: string,
  progress: Progress,
): Promise<void> {
  await progress.task(title, Math.ceil(objects.length / 100), async (report) => {
    let [done, stored] = [0, 0];
    await atOnce(objects, AT_ONCE, async ({ key, text }) => {
      if (await store.putTextOnce(bucket, key, text)) stored += 1;
      done += 1;
      report.fraction(done / objects.length);
    });
    report.note(stored === 0 ? "(all there)" : `(${stored} new)`);
  });
}

async function pointerOf(
  store: RepositoryStore,
  bucket: string,
  { index }: Publication,
  signer: Signer | undefined,
): Promise<Pointer> {
  const pointer = { version: 1 as const, index: { sha256: index.sha256, size: Buffer.byteLength(index.text) } };
  if (signer === undefined) return pointer;
  const signature = `${index.key}.sigstore.json`;
  if ((await store.size(bucket, signature)) === undefined)
    await store.putTextOnce(bucket, signature, await signer.sign(index.text));
  await checkSignature(store, bucket, signature, index.text, signer);
  return { ...pointer, signature };
}

/** Sees that what is built upon is whose it will be said to be: whoever signs an index signs all that it has. */
async function checkSigned(
  store: RepositoryStore,
  bucket: string,
  { pointer, text }: Published & { readonly text: string },
  signer: Signer | undefined,
): Promise<void> {
  if (pointer === undefined) return;
  const { signature } = pointer;
  const where = `s3://${bucket}/${POINTER}`;
  if (signer === undefined) {
    if (signature !== undefined) throw new UserError("./farm publish", `${where}, which is signed`, "--sign");
    return;
  }
  if (signature === undefined)
    throw new UserError("./farm publish --sign", `${where}, which nobody signed`, "--adopt, to sign all that it has");
  await checkSignature(store, bucket, signature, text, signer);
}

async function checkSignature(
  store: Pick<RepositoryStore, "read">,
  bucket: string,
  key: string,
  text: string,
  signer: Signer,
): Promise<void> {
  const where = `s3://${bucket}/${key}`;
  const bundle = await store.read(bucket, key);
  if (bundle === undefined) throw new UserError(where, "nothing", "the signature that the pointer names");
  await signer.verify(where, text, bundle.text);
}

/**
 * What is published, as far as these artifacts touch it, and the text of its index.
 * @throws UserError where it is not what this version writes
 */
export async function readPublished(
  store: Pick<RepositoryStore, "read">,
  bucket: string,
  artifacts: readonly Artifact[],
): Promise<Published & { readonly text: string }> {
  const found = await store.read(bucket, POINTER);
  if (found === undefined) return { etag: undefined, pointer: undefined, index: EMPTY, text: "", pages: new Map() };
  const pointer = readJson(`s3://${bucket}/${POINTER}`, found.text, pointerSchema, DESCRIBED);
  const text = await readText(store, bucket, pointer.index.sha256);
  const index = readJson(`s3://${bucket}/${contentKey(pointer.index.sha256)}`, text, indexSchema, DESCRIBED);
  const touched = new Set(artifacts.map((artifact) => pageKey(entryOf(artifact, ""))));
  const pages = new Map<string, z.infer<typeof pageSchema>>();
  await atOnce(
    index.pages.filter((page) => touched.has(pageKey(page))),
    AT_ONCE,
    async (page) => {
      pages.set(pageKey(page), await readContent(store, bucket, page.sha256, pageSchema));
    },
  );
  return { etag: found.etag, pointer, index, text, pages };
}

/** Reads an object that its content names. */
export async function readContent<T>(
  store: Pick<RepositoryStore, "read">,
  bucket: string,
  sha256: string,
  schema: z.ZodType<T>,
): Promise<T> {
  return readJson(`s3://${bucket}/${contentKey(sha256)}`, await readText(store, bucket, sha256), schema, DESCRIBED);
}

async function readText(store: Pick<RepositoryStore, "read">, bucket: string, sha256: string): Promise<string> {
  const where = `s3://${bucket}/${contentKey(sha256)}`;
  const found = await store.read(bucket, contentKey(sha256));
  if (found === undefined) throw new UserError(where, "nothing", "what the index names");
  const hex = createHash("sha256").update(found.text).digest("hex");
  if (hex !== sha256) throw new UserError(where, `content of sha256 ${hex}`, "content that its name says");
  return found.text;
}

import { createHash } from "node:crypto";

import { z } from "zod";

import type { Artifact } from "./judge";

/** Key of the pointer in the bucket `repo`: the only object there that changes. */
export const POINTER = "index.json";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
const architecture = z.enum(["amd64", "arm64"]);
const size = z.number().int().nonnegative();

/** A package: one artifact, and what it is for. */
export const entrySchema = z.strictObject({
  /** `postgres` or another flavour of it, an extension, a contrib module. */
  package: z.string().min(1),
  kind: z.enum(["postgres", "extension", "contrib"]),
  /** The package's own; of PostgreSQL and its contrib modules, PostgreSQL's. */
  version: z.string().min(1),
  /** PostgreSQL's version, of this flavour and option set. */
  postgres: z.string().min(1),
  flavour: z.string().min(1),
  optionSet: z.string().min(1),
  architecture,
  /** Bazel label that builds it. */
  target: z.string(),
  /** Of the artifact: object `sha256/<hex>` of the bucket `release`. */
  sha256,
  /** Bytes of the artifact. */
  size,
  /** Of its provenance: object `sha256/<hex>` of the bucket `provenance`. */
  provenance: sha256,
  /** Release that published it. */
  release: z.string(),
});

/** All packages for one PostgreSQL and architecture: object `sha256/<hex>` of the bucket `repo`, entries in order. */
export const pageSchema = z.strictObject({
  version: z.literal(1),
  flavour: z.string(),
  postgres: z.string(),
  architecture,
  packages: z.array(entrySchema),
});

/** The index: object `sha256/<hex>` of the bucket `repo`, pages in order. */
export const indexSchema = z.strictObject({
  version: z.literal(1),
  pages: z.array(
    z.strictObject({
      flavour: z.string(),
      postgres: z.string(),
      architecture,
      /** Entries of the page. */
      packages: size,
      sha256,
      /** Bytes of the page. */
      size,
    }),
  ),
});

/** `index.json` of the bucket `repo`. */
export const pointerSchema = z.strictObject({
  version: z.literal(1),
  /** The index, and its bytes. */
  index: z.strictObject({ sha256, size }),
  /** Key of the index' signature in the same bucket: a Sigstore bundle. */
  signature: z.string().optional(),
});

/** A package of the index. */
export type Entry = z.infer<typeof entrySchema>;
/** A page of the index. */
export type Page = z.infer<typeof pageSchema>;
/** The index. */
export type Index = z.infer<typeof indexSchema>;
/** What points at the index. */
export type Pointer = z.infer<typeof pointerSchema>;

/** Something to store, named by its content. */
export interface Stored {
  readonly key: string;
  readonly sha256: string;
  readonly text: string;
}

/** JSON under the name of its own bytes. */
export function stored(value: unknown): Stored {
  const text = `${JSON.stringify(value)}\n`;
  const hex = createHash("sha256").update(text).digest("hex");
  return { key: contentKey(hex), sha256: hex, text };
}

/** Key of an object that its content names, in each of the buckets. */
export function contentKey(hex: string): string {
  return `sha256/${hex}`;
}

/** What two packages of one index differ by. */
export function entryKey(entry: Omit<Entry, "target" | "sha256" | "size" | "provenance" | "release">): string {
  const { flavour, postgres, optionSet, kind, version, architecture: arch } = entry;
  return [flavour, postgres, arch, optionSet, kind, entry.package, version].join(" ");
}

/** What the index says of an artifact, but for its provenance. */
export function entryOf({ target, architecture: arch, sha256: hex, size: bytes }: Artifact, release: string) {
  const { kind, group, name, version, label } = target;
  return {
    package: kind === "postgres" ? group.flavour : name,
    kind: kind as Entry["kind"],
    version: kind === "extension" ? version : group.version,
    postgres: group.version,
    flavour: group.flavour,
    optionSet: group.optionSet,
    architecture: arch,
    target: label,
    sha256: hex,
    size: bytes,
    release,
  };
}

/** What a page is about. */
export function pageKey(page: Pick<Page, "flavour" | "postgres" | "architecture">): string {
  return [page.flavour, page.postgres, page.architecture].join(" ");
}

/** A page with entries put in, each over the one of the same package; entries in order of their keys. */
export function mergePage(page: Page, entries: readonly Entry[]): Page {
  const all = new Map([...page.packages, ...entries].map((entry) => [entryKey(entry), entry]));
  return { ...page, packages: sorted([...all.values()], entryKey) };
}

/** An index with pages put in, each over the one about the same. */
export function mergeIndex(index: Index, pages: readonly Page[]): Index {
  const news = pages.map((page) => {
    const { text, sha256: hex } = stored(page);
    const { flavour, postgres, architecture: arch, packages } = page;
    return {
      flavour,
      postgres,
      architecture: arch,
      packages: packages.length,
      sha256: hex,
      size: Buffer.byteLength(text),
    };
  });
  const all = new Map([...index.pages, ...news].map((page) => [pageKey(page), page]));
  return { version: 1, pages: sorted([...all.values()], pageKey) };
}

function sorted<T>(values: T[], key: (value: T) => string): T[] {
  return values.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

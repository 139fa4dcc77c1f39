import type { Artifact } from "./judge";
import { type Build, provenance, type Statement } from "./provenance";
import {
  type Entry,
  entryKey,
  entryOf,
  type Index,
  mergeIndex,
  mergePage,
  type Page,
  pageKey,
  type Pointer,
  type Stored,
  stored,
} from "./repository";

/** What is published now. */
export interface Published {
  /** Names this version of the pointer; undefined where nothing was ever published. */
  readonly etag: string | undefined;
  readonly pointer: Pointer | undefined;
  readonly index: Index;
  /** By what they are about; at least those that the artifacts belong to, where they are there. */
  readonly pages: ReadonlyMap<string, Page>;
}

/** How a package came into the index: `there` already, `new`, or in place of another artifact. */
export type How = "there" | "new" | "replaced";

/** What to store, in the order in which it is stored; nothing is read by anybody before the pointer is there. */
export interface Publication {
  /** Every package of the release. */
  readonly packages: readonly (Entry & { readonly how: How })[];
  /** What is not in the index yet: its bytes are read before anything is stored. */
  readonly artifacts: readonly Artifact[];
  readonly provenance: readonly Stored[];
  readonly pages: readonly Stored[];
  readonly index: Stored;
}

/** What an index without packages is. */
export const EMPTY: Index = { version: 1, pages: [] };

/**
 * Plans what publishing stores. An artifact that the index has already stays as it is, with its provenance: the same
 * release published twice stores nothing.
 */
export function planPublication(artifacts: readonly Artifact[], build: Build, published: Published): Publication {
  const known = new Map([...published.pages.values()].flatMap(({ packages }) => packages.map((e) => [entryKey(e), e])));
  const statements = new Map<string, Stored>();
  const fresh: Artifact[] = [];
  const packages = artifacts.map((artifact) => {
    const entry = entryOf(artifact, build.release);
    const before = known.get(entryKey(entry));
    if (before?.sha256 === entry.sha256) return { ...before, how: "there" as const };
    const statement = stored(provenance(artifact, build) satisfies Statement);
    statements.set(statement.sha256, statement);
    fresh.push(artifact);
    const { release, ...rest } = entry;
    const how: How = before === undefined ? "new" : "replaced";
    return { ...rest, provenance: statement.sha256, release, how };
  });
  const changes = new Map<string, Entry[]>();
  for (const { how, ...entry } of packages) {
    if (how !== "there") changes.set(pageKey(entry), [...(changes.get(pageKey(entry)) ?? []), entry]);
  }
  const pages = [...changes.values()].map((entries) => mergePage(pageOf(entries, published), entries));
  return {
    packages,
    artifacts: fresh,
    provenance: [...statements.values()],
    pages: pages.map(stored),
    index: stored(mergeIndex(published.index, pages)),
  };
}

function pageOf([first]: readonly Entry[], { pages }: Published): Page {
  if (first === undefined) throw new Error("no entry");
  const { flavour, postgres, architecture } = first;
  return pages.get(pageKey(first)) ?? { version: 1, flavour, postgres, architecture, packages: [] };
}

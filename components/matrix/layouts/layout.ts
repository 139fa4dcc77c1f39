import type { MatrixIndex } from "../matrix-index";
import type { Mistakes } from "../mistakes";

/** Texts of an index' files, by path from the directory that was named; `/` between folders. */
export type IndexFiles = ReadonlyMap<string, string>;

/** One way to lay out an index in folders: the whole of what differs between them. */
export interface Layout {
  readonly name: string;
  /** The file that shows an index to be of this layout, for messages. */
  readonly mark: string;
  /** Folders that may hold the index, from the directory that was named; the first that has the mark counts. */
  readonly roots: readonly string[];
  /** Whether a root holds an index of this layout. */
  holds(files: IndexFiles, root: string): boolean;
  /** The files to read, relative to a root: a path, where `*` stands for any one name. */
  readonly patterns: readonly string[];
  read(files: IndexFiles, root: string, mistakes: Mistakes): MatrixIndex;
}

/** Name → text of the files that a pattern with one `*` matches, in order of the names. */
export function matching(
  files: IndexFiles,
  root: string,
  pattern: string,
): Map<string, { file: string; text: string }> {
  const [before = "", after = ""] = (root + pattern).split("*");
  const found: [string, { file: string; text: string }][] = [];
  for (const [file, text] of files) {
    if (!file.startsWith(before) || !file.endsWith(after)) continue;
    const name = file.slice(before.length, file.length - after.length);
    if (!name.includes("/")) found.push([name, { file, text }]);
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

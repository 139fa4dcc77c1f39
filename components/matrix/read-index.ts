import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../user-error";
import { catalogue } from "./layouts/catalogue";
import { example } from "./layouts/example";
import type { IndexFiles, Layout } from "./layouts/layout";
import { monogres } from "./layouts/monogres";
import type { MatrixIndex } from "./matrix-index";
import { mergeIndexes } from "./merge-indexes";
import { Mistakes } from "./mistakes";

/** Every layout that can be read; the first that an index has the mark of counts. */
const LAYOUTS: readonly Layout[] = [catalogue, example, monogres];

/**
 * Reads the index in a directory: a checkout of Monogres, of either layout, or our example workspace.
 * @throws UserError where there is no index; IndexError with every mistake, its file and its path
 */
export function readIndex(directory: string): MatrixIndex {
  return parseIndex(loadIndexFiles(directory), directory);
}

/**
 * Reads several indexes as one: a fork's extensions beside Monogres' own.
 * @throws UserError where they disagree; and whatever `readIndex` throws
 */
export function readIndexes([first, ...others]: readonly [string, ...string[]]): MatrixIndex {
  return mergeIndexes([readIndex(first), ...others.map(readIndex)]);
}

/**
 * Reads an index from the texts of its files, by path.
 * @param where the directory of the files, in messages
 */
export function parseIndex(files: IndexFiles, where: string): MatrixIndex {
  for (const layout of LAYOUTS) {
    const root = layout.roots.find((candidate) => layout.holds(files, candidate));
    if (root === undefined) continue;
    const mistakes = new Mistakes();
    const index = layout.read(files, root, mistakes);
    mistakes.throwIfAny(where);
    return index;
  }
  throw new UserError(where, "no index", LAYOUTS.map(({ mark }) => mark).join(", or "));
}

/** Texts of all files in a directory that some layout would read. */
export function loadIndexFiles(directory: string): IndexFiles {
  const files = new Map<string, string>();
  if (!isDirectory(directory)) throw new UserError(directory, "no directory", "a checkout that holds an index");
  for (const layout of LAYOUTS) {
    for (const root of layout.roots) {
      for (const pattern of layout.patterns) {
        for (const file of expand(directory, root + pattern)) {
          if (!files.has(file)) files.set(file, readFileSync(join(directory, file), "utf8"));
        }
      }
    }
  }
  return files;
}

/** Files that a pattern with at most one `*` names, in order. */
function expand(directory: string, pattern: string): string[] {
  const star = pattern.indexOf("*");
  if (star < 0) return isFile(join(directory, pattern)) ? [pattern] : [];
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  if (!isDirectory(join(directory, before))) return [];
  return readdirSync(join(directory, before))
    .sort()
    .map((name) => before + name + after)
    .filter((file) => isFile(join(directory, file)));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

import { UNKNOWN } from "../predicates/condition";
import { withValues } from "./bazel-flags";

/** A line of an rc file: the command and configuration that it is for, and flags. */
export interface RcLine {
  readonly command: string;
  /** Empty for every configuration. */
  readonly config: string;
  readonly flags: readonly string[];
}

/** An rc file with all that it imports. */
export interface RcFile {
  readonly lines: readonly RcLine[];
  /** Imports of what is not there, as they are written: `try-import %workspace%/user.bazelrc`. */
  readonly missing: readonly (string | typeof UNKNOWN)[];
}

/**
 * Reads an rc file; what it imports stands where the import does.
 * @param fileAt text of a file by its path in the workspace, `UNKNOWN` where nobody knows it yet
 */
export function readRc(text: string, fileAt: (path: string) => unknown, within: readonly string[] = []): RcFile {
  const files = wordsByLine(text)
    .filter((words) => words.length > 0)
    .map(([head = "", ...words]): RcFile => {
      if (head !== "import" && head !== "try-import") return { lines: [line(head, words)], missing: [] };
      const path = (words[0] ?? "").replace("%workspace%/", "");
      if (within.includes(path)) return { lines: [], missing: [] };
      const imported = fileAt(path);
      if (imported === UNKNOWN) return { lines: [], missing: [UNKNOWN] };
      if (typeof imported !== "string") return { lines: [], missing: [`${head} ${words[0] ?? ""}`] };
      return readRc(imported, fileAt, [...within, path]);
    });
  return { lines: files.flatMap(({ lines }) => lines), missing: files.flatMap(({ missing }) => missing) };
}

function line(head: string, words: readonly string[]): RcLine {
  const [command = "", config = ""] = head.split(":");
  return { command, config, flags: withValues(words) };
}

/** Words as Bazel and a shell part them: quotes, backslashes and comments away, ended lines joined. */
export function wordsByLine(text: string): string[][] {
  return text.replaceAll("\\\n", " ").split("\n").map(wordsOf);
}

const WORD = /(?:[^\s"'\\#]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+|#.*/g;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\\(.)/g;

function wordsOf(line: string): string[] {
  const words = line.match(WORD) ?? [];
  const bare = (...[, double, single, escaped]: (string | undefined)[]) =>
    (double ?? single ?? escaped ?? "").replaceAll(/\\(.)/g, "$1");
  return words.filter((word) => !word.startsWith("#")).map((word) => word.replaceAll(QUOTED, bare));
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CHECKOUT } from "../../local/directories";

/** A piece of code in a document. */
export interface Code {
  /** `docs/fork.md:12` */
  readonly where: string;
  /** What follows the fence, `sh`; empty between lines and words. */
  readonly language: string;
  readonly text: string;
}

/** A document that people read to use the farm. */
export interface Document {
  readonly file: string;
  readonly text: string;
  /** Whole blocks, without the indentation of the list that they are in. */
  readonly blocks: readonly Code[];
  /** What stands between backticks in a line. */
  readonly words: readonly Code[];
}

const FILES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(CHECKOUT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export const DOCUMENTS: readonly Document[] = FILES.map((file) => {
  const text = readFileSync(join(CHECKOUT, file), "utf8");
  return { file, text, ...codeOf(file, text) };
});

/** Blocks and words of a document. */
export function codeOf(file: string, text: string): { blocks: Code[]; words: Code[] } {
  const [blocks, words]: [Code[], Code[]] = [[], []];
  let open: { indent: string; language: string; from: number; lines: string[] } | undefined;
  for (const [number, line] of text.split("\n").entries()) {
    const [, indent = "", language = ""] = /^( *)```(\w*)$/.exec(line) ?? [];
    const isFence = /^ *```\w*$/.test(line);
    const where = `${file}:${number + 1}`;
    if (isFence && open === undefined) open = { indent, language, from: number + 2, lines: [] };
    else if (isFence && open !== undefined) {
      const { from, lines } = open;
      blocks.push({ where: `${file}:${from}`, language: open.language, text: lines.join("\n") });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line.slice(open.indent.length));
    else for (const [, word = ""] of line.matchAll(/`([^`]+)`/g)) words.push({ where, language: "", text: word });
  }
  if (open !== undefined) throw new Error(`${file}: a block without an end`);
  return { blocks, words };
}

/** All code of a document, in blocks line by line. */
export function linesOf({ blocks, words }: Document): Code[] {
  const lines = blocks.flatMap(({ where, language, text }) => {
    const [file = "", first = "0"] = where.split(":");
    return text.split("\n").map((line, i) => ({ where: `${file}:${Number(first) + i}`, language, text: line }));
  });
  return [...lines, ...words];
}

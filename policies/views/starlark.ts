import { UNKNOWN } from "../predicates/condition";

/** A call in a Starlark file. */
export interface Call {
  /** As it is written: `http_archive`, `maven.install`. */
  readonly rule: string;
  /** Values of its keywords: texts, switches, and lists and dictionaries of them; all else is `UNKNOWN`. */
  readonly with: Readonly<Record<string, unknown>>;
}

/** The calls of a Starlark file that stand by themselves in a line, in their order; those in functions too. */
export function starlarkCalls(text: string): Call[] {
  const words = tokens(text);
  const calls: Call[] = [];
  for (let at = 0; at < words.length; at++) {
    const [name, open] = [words[at], words[at + 1]];
    if (name?.kind !== "name" || !name.first || open?.text !== "(") continue;
    const end = closing(words, at + 1);
    calls.push({ rule: name.text, with: keywords(words.slice(at + 2, end)) });
  }
  return calls;
}

interface Token {
  readonly kind: "name" | "text" | "other";
  readonly text: string;
  /** Whether it begins a line. */
  readonly first: boolean;
}

const TOKEN =
  /(?<space>[ \t\r]+|\\\n)|(?<line>\n)|(?<comment>#[^\n]*)|(?<text>[rb]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<name>[A-Za-z_][\w.]*)|(?<other>[\s\S])/g;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let first = true;
  for (const { groups = {}, 0: whole } of text.matchAll(TOKEN)) {
    if (groups["space"] !== undefined || groups["comment"] !== undefined) continue;
    if (groups["line"] !== undefined) {
      first = true;
      continue;
    }
    const kind = groups["text"] !== undefined ? "text" : groups["name"] !== undefined ? "name" : "other";
    found.push({ kind, text: kind === "text" ? unquoted(whole) : whole, first });
    first = false;
  }
  return found;
}

function unquoted(literal: string): string {
  const bare = literal.replace(/^[rb]/, "");
  const quotes = /^("""|'''|"|')/.exec(bare)?.[0].length ?? 1;
  return bare.slice(quotes, -quotes).replaceAll(/\\(["'\\])/g, "$1");
}

const OPEN = "([{";
const CLOSE = ")]}";
const isBracket = ({ kind, text }: Token, brackets: string) => kind === "other" && brackets.includes(text);

/** Index of the bracket that closes the one at an index; the end where none does. */
function closing(words: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < words.length; at++) {
    const word = words[at] as Token;
    if (isBracket(word, OPEN)) depth++;
    if (isBracket(word, CLOSE) && --depth === 0) return at;
  }
  return words.length;
}

/** What commas part, outside of brackets. */
function parts(words: readonly Token[]): Token[][] {
  const found: Token[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (isBracket(word, OPEN)) depth++;
    if (isBracket(word, CLOSE)) depth--;
    if (depth === 0 && word.kind === "other" && word.text === ",") found.push([]);
    else found.at(-1)?.push(word);
  }
  return found.filter((part) => part.length > 0);
}

function keywords(words: readonly Token[]): Record<string, unknown> {
  const pairs = parts(words).flatMap(([name, equals, ...value]) =>
    name?.kind === "name" && equals?.text === "=" ? [[name.text, literal(value)] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function literal(words: readonly Token[]): unknown {
  const [first, ...rest] = words;
  if (first === undefined) return UNKNOWN;
  if (words.every(({ kind }) => kind === "text")) return words.map(({ text }) => text).join("");
  if (rest.length === 0 && first.kind === "name") return SWITCHES[first.text] ?? UNKNOWN;
  if (closing(words, 0) !== words.length - 1) return UNKNOWN;
  const inner = parts(words.slice(1, -1));
  if (first.text === "[") return inner.map(literal);
  if (first.text !== "{") return UNKNOWN;
  const pairs = inner.map(([key, colon, ...value]) =>
    key?.kind === "text" && colon?.text === ":" ? ([key.text, literal(value)] as const) : undefined,
  );
  return pairs.includes(undefined) ? UNKNOWN : Object.fromEntries(pairs as [string, unknown][]);
}

const SWITCHES: Readonly<Record<string, boolean>> = { True: true, False: false };

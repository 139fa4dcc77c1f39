import { UNKNOWN } from "../predicates/condition";

/** A call in a Starlark file. */
export interface Call {
  /** As it is written, without `native.`: `http_archive`, `maven.install`. */
  readonly rule: string;
  /** Values of its keywords: texts, switches, and lists and dictionaries of them; all else is `UNKNOWN`. */
  readonly with: Readonly<Record<string, unknown>>;
}

/**
 * The calls of a Starlark file, in their order, wherever they stand. `maybe(http_archive, …)` is a call of `http_archive`, and
 * so is that of another name for it, which a `load` or `use_repo_rule` gives.
 */
export function starlarkCalls(text: string): Call[] {
  const words = tokens(text);
  const found = words.flatMap((name, at) => {
    const isCall = name.kind === "name" && isBracket(words[at + 1], "(") && words[at - 1]?.text !== "def";
    return isCall ? [{ name: name.text, at, inner: words.slice(at + 2, closing(words, at + 1)) }] : [];
  });
  const names = new Map(found.flatMap(({ name, at, inner }) => aliases(name, words.slice(0, at), inner)));
  return found.map(({ name, inner }) => {
    const [first] = parts(inner);
    const rule = name === "maybe" && first?.length === 1 ? (first[0]?.text ?? name) : name;
    return { rule: (names.get(rule) ?? rule).replace(/^native\./, ""), with: keywords(inner) };
  });
}

/** Names of a file's own for rules, and the rules' names. @param before what stands before the call */
function aliases(call: string, before: readonly Token[], inner: readonly Token[]): [string, string][] {
  const texts = (value: unknown) => (typeof value === "string" ? [value] : []);
  if (call === "load")
    return Object.entries(keywords(inner)).flatMap(([own, name]) =>
      texts(name).map((text): [string, string] => [own, text]),
    );
  const [own, equals] = before.slice(-2);
  if (call !== "use_repo_rule" || own?.kind !== "name" || equals?.text !== "=") return [];
  return texts(literal(parts(inner)[1] ?? [])).map((text) => [own.text, text]);
}

interface Token {
  readonly kind: "name" | "text" | "other";
  readonly text: string;
}

const TOKEN =
  /(?<space>\s+|\\\n|#[^\n]*)|(?<text>[rb]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<name>[A-Za-z_][\w.]*)|(?<other>[\s\S])/g;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const { groups = {}, 0: whole } of text.matchAll(TOKEN)) {
    if (groups["space"] !== undefined) continue;
    const kind = groups["text"] !== undefined ? "text" : groups["name"] !== undefined ? "name" : "other";
    found.push({ kind, text: kind === "text" ? unquoted(whole) : whole });
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
const isBracket = (token: Token | undefined, brackets: string) =>
  token?.kind === "other" && brackets.includes(token.text);

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

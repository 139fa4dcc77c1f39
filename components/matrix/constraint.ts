import { type Bound, type Clause, clauseHolds, expand, NO_CARET, type Operator, OPERATORS } from "./clause";
import { buildIdentifiers, parse, type PgVersion, readNumber, readPrerelease, toDigits, VersionError } from "./version";

/** A constraint: every clause must hold. */
export interface Constraint {
  readonly text: string;
  readonly clauses: readonly Clause[];
}

/** A constraint's text without spaces, with the place of every character in what was written. */
interface Block {
  readonly source: string;
  readonly text: string;
  /** Of the clause's first character, or of the comma that ends an empty one. */
  readonly start: number;
  readonly positions: readonly number[];
}

const parsed = new Map<string, Constraint>();

/**
 * Whether a version fits a constraint of the "simple" syntax, such as `>=14, <17`.
 *
 * Comma means and. `<=17` means below 18.0; `<17` takes in 17rc1, and `<=17` no prerelease at all.
 * @throws VersionError where either cannot be read
 */
export function satisfies(version: string | PgVersion, constraint: string | Constraint): boolean {
  const rule = typeof constraint === "string" ? parseConstraint(constraint) : constraint;
  const candidate = typeof version === "string" ? parse(version) : version;
  return rule.clauses.every((clause) => clauseHolds(clause, candidate));
}

/**
 * Reads a constraint; what was read once is kept.
 * @throws VersionError with the position and what was expected there
 */
export function parseConstraint(text: string): Constraint {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  let start = 0;
  const clauses = text.split(",").map((part) => {
    const clause = parseClause(withoutSpaces(text, part, start));
    start += part.length + 1;
    return clause;
  });
  const constraint = { text, clauses };
  parsed.set(text, constraint);
  return constraint;
}

/** What Bazel's Starlark strips of a text; a no-break space, among others, is not part of it. */
const WHITESPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f ";

/** Spaces are free, except inside an operator: `> =17` is kept as it is, and then refused. */
function withoutSpaces(source: string, part: string, start: number): Block {
  const positions: number[] = [];
  let text = "";
  const keep = !part.includes(" ") || /[~=<>!] +=/.test(part);
  let at = start;
  for (const word of keep ? [part] : part.split(" ")) {
    let [from, to] = [0, word.length];
    while (!keep && from < to && WHITESPACE.includes(word.charAt(from))) from++;
    while (!keep && from < to && WHITESPACE.includes(word.charAt(to - 1))) to--;
    for (let i = from; i < to; i++) positions.push(at + i);
    text += word.slice(from, to);
    at += word.length + 1;
  }
  return { source, text, start, positions };
}

function fail({ source, start, positions }: Block, at: number, expected: string): never {
  throw new VersionError(source, positions[at] ?? (positions.at(-1) ?? start - 1) + 1, expected);
}

function parseClause(block: Block): Clause {
  const { text } = block;
  if (text === "") return fail(block, 0, "a clause such as >=14");
  const written = /^[0-9*xX]/.test(text) ? "" : OPERATORS.find((candidate) => text.startsWith(candidate));
  if (written === undefined) return fail(block, 0, `${OPERATORS.join(", ")}, a version, or *`);
  const operator: Operator = written === "" || written === "=" ? "==" : written;
  const bound = parseBound(block, written.length);
  if (bound.major === null && operator !== "==" && operator !== ">=") {
    return fail(block, written.length, "a version: * goes only with == and >=");
  }
  if (bound.build.length > 0 && operator !== "==" && operator !== "!=") {
    return fail(block, text.indexOf("+"), "no +BUILD: builds have no order, and go only with == and !=");
  }
  const alternatives = expand(operator, bound, text.at(-1));
  return alternatives === undefined ? fail(block, written.length, NO_CARET) : { text, alternatives };
}

/** Reads `17`, `17.*`, `17.7`, `17rc1`, `17.7+b42` or `*`; one trailing `-` or `+` is set aside. */
function parseBound(block: Block, start: number): Bound {
  const whole = block.text.slice(start);
  if (whole === "" || whole === "-" || whole === "+") return fail(block, start, "a version such as 17 or 17.7, or *");
  const body = /[-+]$/.test(whole) ? whole.slice(0, -1) : whole;
  const plus = body.indexOf("+");
  const core = plus < 0 ? body : body.slice(0, plus);
  try {
    const numbers = parseNumbers(core);
    const build = plus < 0 ? [] : buildIdentifiers(body, plus + 1, body.slice(plus + 1), numbers.minor === null);
    return { ...numbers, build };
  } catch (error) {
    if (error instanceof VersionError) return fail(block, start + error.position, error.expected);
    throw error;
  }
}

function parseNumbers(core: string): Omit<Bound, "build"> {
  const dot = core.indexOf(".");
  const [head, tail] = dot < 0 ? [core, ""] : [core.slice(0, dot), core.slice(dot + 1)];
  const free = (part: string) => part === "" || /^[*xX]$/.test(part);
  if (free(head)) {
    if (free(tail)) return { major: null, minor: null, prerelease: null };
    throw new VersionError(core, dot < 0 ? 0 : dot + 1, "* after *");
  }
  const digits = readNumber(core, 0, head, "the major version, without leading zeros");
  const major = toDigits(digits);
  const rest = head.slice(digits.length);
  if (rest !== "") {
    const prerelease = readPrerelease(core, digits.length, rest);
    const stop = digits.length + (prerelease?.length ?? 0);
    if (prerelease === undefined || stop < core.length) {
      throw new VersionError(
        core,
        stop,
        prerelease === undefined ? ".MINOR, alphaN, betaN, rcN, or a comma before the next clause" : "the end",
      );
    }
    return { major, minor: 0, prerelease: prerelease.value };
  }
  if (free(tail)) return { major, minor: null, prerelease: null };
  const minor = readNumber(core, dot + 1, tail, "the minor version, without leading zeros, or *");
  if (minor.length < tail.length) throw new VersionError(core, dot + 1 + minor.length, "the end of the version");
  return { major, minor: toDigits(minor), prerelease: null };
}

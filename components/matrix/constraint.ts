import {
  buildIdentifiers,
  order,
  parse,
  type PgVersion,
  readNumber,
  readPrerelease,
  toNumber,
  VersionError,
} from "./version";

/** Longest first: `<=` must not be read as `<`. */
const OPERATORS = ["~=", "==", ">=", "<=", "!=", "~", "^", ">", "=", "<"] as const;
type Operator = Exclude<(typeof OPERATORS)[number], "=">;

/** A bound that a version is held against, with what it means for prereleases and builds. */
export interface Range {
  readonly relation: "==" | "!=" | "<" | "<=" | ">" | ">=";
  readonly target: PgVersion;
  /** `natural`: `<` and `!=` of a release refuse every prerelease; `always`: they are compared like any version. */
  readonly prereleases: "natural" | "always";
  /** `strict`: builds must be the same; `implicit`: builds do not count. */
  readonly builds: "implicit" | "strict";
}

/** One part between commas: it holds where any of `alternatives` has all of its ranges hold. */
export interface Clause {
  /** As it was written, without spaces. */
  readonly text: string;
  readonly alternatives: readonly (readonly Range[])[];
}

/** A constraint: every clause must hold. */
export interface Constraint {
  readonly text: string;
  readonly clauses: readonly Clause[];
}

/** A constraint's text without spaces, with the place of every character in what was written. */
interface Block {
  readonly source: string;
  readonly text: string;
  readonly positions: readonly number[];
}

/** What a clause says after its operator. */
interface Bound {
  readonly major: number | null;
  readonly minor: number | null;
  readonly prerelease: PgVersion["prerelease"];
  readonly build: readonly string[];
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

/** Whether one clause of a constraint holds. */
export function clauseHolds(clause: Clause, version: PgVersion): boolean {
  return clause.alternatives.some((ranges) => ranges.every((range) => rangeHolds(range, version)));
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

/** Spaces are free, except inside an operator: `> =17` is kept as it is, and then refused. */
function withoutSpaces(source: string, part: string, start: number): Block {
  const positions: number[] = [];
  let text = "";
  const keep = !part.includes(" ") || /[~=<>!] +=/.test(part);
  let at = start;
  for (const word of keep ? [part] : part.split(" ")) {
    const trimmed = keep ? word : word.trim();
    const offset = at + word.indexOf(trimmed);
    for (let i = 0; i < trimmed.length; i++) positions.push(offset + i);
    text += trimmed;
    at += word.length + 1;
  }
  return { source, text, positions };
}

function fail({ source, positions }: Block, at: number, expected: string): never {
  const last = positions.at(-1);
  throw new VersionError(source, positions[at] ?? (last === undefined ? source.length : last + 1), expected);
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
  return { text, alternatives: expand(block, operator, bound) };
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
  const major = toNumber(core, 0, digits);
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
  return { major, minor: toNumber(core, dot + 1, minor), prerelease: null };
}

/** What a clause means, in plain bounds. */
function expand(block: Block, operator: Operator, bound: Bound): readonly (readonly Range[])[] {
  const last = block.text.at(-1);
  const partial = bound.minor === null;
  const target: PgVersion = {
    major: bound.major ?? 0,
    minor: bound.minor ?? 0,
    prerelease: bound.prerelease,
    build: partial ? [] : bound.build,
  };
  const at = (relation: Range["relation"], to: PgVersion = target, rules: Partial<Range> = {}): Range => ({
    relation,
    target: to,
    prereleases: "natural",
    builds: to.build.length > 0 ? "strict" : "implicit",
    ...rules,
  });
  const nextMajor = (): PgVersion => next(target.major + (target.prerelease !== null && target.minor === 0 ? 0 : 1), 0);
  const nextMinor = (): PgVersion => next(target.major, target.minor + (target.prerelease === null ? 1 : 0));
  const strictBuild = last === "+" && bound.build.length === 0 ? { builds: "strict" as const } : {};
  switch (operator) {
    case "==":
      if (bound.major === null) return [[at(">=")]];
      return partial ? [[at(">="), at("<", nextMajor())]] : [[at("==", target, strictBuild)]];
    case "!=":
      if (partial) return [[at("<")], [at(">=", nextMajor())]];
      if (last === "-" && target.prerelease === null) return [[at("!=", target, { prereleases: "always" })]];
      return [[at("!=", target, strictBuild)]];
    case "<":
      return [[at("<", target, { prereleases: target.prerelease === null ? "always" : "natural" })]];
    case "<=":
      return [[partial ? at("<", nextMajor()) : at("<=")]];
    case ">":
      return [[partial ? at(">=", nextMajor()) : at(">")]];
    case ">=":
      return [[at(">=")]];
    case "~":
    case "~=":
      return [[at(">="), at("<", partial ? nextMajor() : nextMinor())]];
    case "^":
      if (target.major > 0) return [[at(">="), at("<", nextMajor())]];
      if (target.minor > 0) return [[at(">="), at("<", nextMinor())]];
      return fail(block, 1, "a version above 0.0: pgver has no third number that ^0.0 could keep");
  }
}

function next(major: number, minor: number): PgVersion {
  return { major, minor, prerelease: null, build: [] };
}

function rangeHolds({ relation, target, prereleases, builds }: Range, version: PgVersion): boolean {
  const difference = order(version, target);
  // pgver has no patch level, so that "the same patch" is true of any two versions: natural refuses every prerelease.
  const refused = prereleases === "natural" && version.prerelease !== null && target.prerelease === null;
  const same =
    builds === "strict" ? difference === 0 && version.build.join(".") === target.build.join(".") : difference === 0;
  switch (relation) {
    case "==":
      return same;
    case "!=":
      return builds === "strict" ? !same : !refused && !same;
    case "<":
      return !refused && difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

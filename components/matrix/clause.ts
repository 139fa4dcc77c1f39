import { type Digits, order, type PgVersion, successor } from "./version";

/** Longest first: `<=` must not be read as `<`. */
export const OPERATORS = ["~=", "==", ">=", "<=", "!=", "~", "^", ">", "=", "<"] as const;
/** An operator, `=` being `==`. */
export type Operator = Exclude<(typeof OPERATORS)[number], "=">;

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

/** What a clause says after its operator. */
export interface Bound {
  readonly major: Digits | null;
  readonly minor: Digits | null;
  readonly prerelease: PgVersion["prerelease"];
  readonly build: readonly string[];
}

/** Whether one clause of a constraint holds. */
export function clauseHolds(clause: Clause, version: PgVersion): boolean {
  return clause.alternatives.some((ranges) => ranges.every((range) => rangeHolds(range, version)));
}

/** Why `^0.0` is refused. */
export const NO_CARET = "a version above 0.0: pgver has no third number that ^0.0 could keep";

/**
 * What a clause means, in plain bounds; undefined for `^0.0`, which means nothing.
 * @param last character of the clause: a trailing `-` or `+` says how prereleases and builds are taken
 */
export function expand(
  operator: Operator,
  bound: Bound,
  last: string | undefined,
): readonly (readonly Range[])[] | undefined {
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
  const nextMajor = (): PgVersion => next(target.prerelease === null ? successor(target.major) : target.major, 0);
  const nextMinor = (): PgVersion =>
    next(target.major, target.prerelease === null ? successor(target.minor) : target.minor);
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
      return undefined;
  }
}

function next(major: Digits, minor: Digits): PgVersion {
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

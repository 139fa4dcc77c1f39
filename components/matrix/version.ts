/** What stands between two versions with the same numbers: the earliest first, then the release itself. */
const STAGES = ["alpha", "beta", "rc"] as const;

/** Digits of a version: a bigint from 2^53 on, since Monogres' own numbers have no end and must not be rounded. */
export type Digits = number | bigint;

/** A PostgreSQL version of the `pgver` scheme. */
export interface PgVersion {
  readonly major: Digits;
  /** 0 for a prerelease. */
  readonly minor: Digits;
  /** `["rc", 1]` of `17rc1`; null for a release. */
  readonly prerelease: readonly [(typeof STAGES)[number], Digits] | null;
  /** `["b42", "1"]` of `16.2+b42.1`; numbers without leading zeros. Ignored when versions are compared. */
  readonly build: readonly string[];
}

/** A version or constraint that cannot be read: where, and what would be. */
export class VersionError extends Error {
  /**
   * @param text what was read
   * @param position of the first character that does not fit, from 0
   * @param expected what would fit there
   */
  constructor(
    readonly text: string,
    readonly position: number,
    readonly expected: string,
  ) {
    const found = position < text.length ? JSON.stringify(text.slice(position)) : "the end";
    super(`${JSON.stringify(text)}, position ${position}: found ${found}; expected ${expected}`);
    this.name = "VersionError";
  }
}

const VERSION = "MAJOR.MINOR or MAJOR with alphaN, betaN or rcN, then perhaps +BUILD, such as 16.9 or 17rc1";

/**
 * Reads a version: `16.9`, `17rc1`, `16.2+b42`.
 * @throws VersionError for anything else: `17`, `17.0.0`, `017.1`, `v17.1`, `17-rc1`, `17RC1`
 */
export function parse(text: string): PgVersion {
  const plus = text.indexOf("+");
  const core = plus < 0 ? text : text.slice(0, plus);
  const build = plus < 0 ? [] : buildIdentifiers(text, plus + 1, text.slice(plus + 1));
  const major = readNumber(text, 0, core, VERSION);
  const rest = core.slice(major.length);
  const numbers = { major: toDigits(major), build };
  if (rest.startsWith(".")) {
    const minor = readNumber(text, major.length + 1, rest.slice(1), "the minor version, without leading zeros");
    end(text, major.length + 1 + minor.length, core.length);
    return { ...numbers, minor: toDigits(minor), prerelease: null };
  }
  const prerelease = readPrerelease(text, major.length, rest);
  if (prerelease === undefined) throw new VersionError(text, major.length, `.MINOR, ${STAGES.join("N, ")}N`);
  end(text, major.length + prerelease.length, core.length);
  return { ...numbers, minor: 0, prerelease: prerelease.value };
}

/**
 * Orders two versions by number, `alpha < beta < rc < .0 < .1`; builds do not count.
 * @returns -1 where a is older, 0 where they are equal, 1 where a is newer
 * @throws VersionError
 */
export function compare(a: string | PgVersion, b: string | PgVersion): -1 | 0 | 1 {
  return order(typeof a === "string" ? parse(a) : a, typeof b === "string" ? parse(b) : b);
}

/** `compare` of versions that have been read. */
export function order(a: PgVersion, b: PgVersion): -1 | 0 | 1 {
  return by(a.major, b.major) || by(a.minor, b.minor) || by(rank(a), rank(b)) || by(number(a), number(b));
}

/** The way a version is written. */
export function format({ major, minor, prerelease, build }: PgVersion): string {
  const suffix = build.length === 0 ? "" : `+${build.join(".")}`;
  return `${major}${prerelease === null ? `.${minor}` : prerelease.join("")}${suffix}`;
}

/**
 * Orders names that may be no `pgver` at all (`1.4`, `13.2.0`, `REL_5_2`): runs of digits by number, the rest as text,
 * so that 16.11 comes after 16.9. For the versions of extensions, which follow no one scheme.
 */
export function compareNatural(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = "", y = ""] = [left[i], right[i]];
    const bothNumbers = /^\d/.test(x) && /^\d/.test(y);
    const difference = bothNumbers ? by(toDigits(x), toDigits(y)) || by(x.length, y.length) : by(x, y);
    if (difference !== 0) return difference;
  }
  return by(left.length, right.length);
}

/**
 * Reads the identifiers of a build: `b42.1`. Numbers lose their leading zeros, since `001` and `1` are the same.
 * @param emptyFits whether an identifier may be empty: only where a constraint makes no use of it
 */
export function buildIdentifiers(text: string, position: number, build: string, emptyFits = false): string[] {
  let at = position;
  return build.split(".").map((identifier) => {
    if (!(emptyFits && identifier === "") && !/^[0-9A-Za-z-]+$/.test(identifier)) {
      const bad = identifier.search(/[^0-9A-Za-z-]/);
      throw new VersionError(text, at + (bad < 0 ? 0 : bad), "a build identifier of letters, digits and hyphens");
    }
    at += identifier.length + 1;
    return /^\d+$/.test(identifier) ? identifier.replace(/^0+(?=\d)/, "") : identifier;
  });
}

/** Reads `rc1` at the start of `rest`; undefined where no prerelease stands there. */
export function readPrerelease(
  text: string,
  position: number,
  rest: string,
): { value: NonNullable<PgVersion["prerelease"]>; length: number } | undefined {
  const stage = STAGES.find((name) => rest.startsWith(name));
  if (stage === undefined) return undefined;
  const digits = readNumber(text, position + stage.length, rest.slice(stage.length), `the number of the ${stage}`);
  return { value: [stage, toDigits(digits)], length: stage.length + digits.length };
}

/** Reads digits without leading zeros. */
export function readNumber(text: string, position: number, rest: string, expected: string): string {
  const digits = /^\d*/.exec(rest)?.[0] ?? "";
  if (digits === "") throw new VersionError(text, position, expected);
  if (digits.length > 1 && digits.startsWith("0")) {
    throw new VersionError(text, position, `${expected}; no leading zeros`);
  }
  return digits;
}

/** Digits as a number, or as a bigint where a number would be rounded. */
export function toDigits(digits: string): Digits {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** One more. */
export function successor(digits: Digits): Digits {
  return toDigits(String(BigInt(digits) + 1n));
}

function by<T extends Digits | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function end(text: string, position: number, length: number): void {
  if (position < length) throw new VersionError(text, position, "the end, or +BUILD");
}

function rank({ prerelease }: PgVersion): number {
  return prerelease === null ? STAGES.length : STAGES.indexOf(prerelease[0]);
}

function number({ prerelease }: PgVersion): Digits {
  return prerelease === null ? 0 : prerelease[1];
}

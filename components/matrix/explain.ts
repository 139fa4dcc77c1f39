import { UserError } from "../user-error";
import { type Clause, clauseHolds } from "./clause";
import { parseConstraint } from "./constraint";
import {
  constraintOn,
  type ContribModule,
  type Extension,
  type Flavour,
  type LabelFields,
  type MatrixIndex,
  type PostgresRelease,
} from "./matrix-index";
import { nearest } from "./select";
import { format, parse, VersionError } from "./version";

/** One condition that a target must meet. */
export interface Reason {
  /** What was asked, such as `>=14`. */
  readonly question: string;
  /** What it means for this target, such as `at least 14.0`. */
  readonly answer: string;
  readonly holds: boolean;
}

/** Why a target is, or is not, in the matrix. */
export interface Explanation {
  readonly title: string;
  /** Its label; undefined where it is not in the matrix. */
  readonly label: string | undefined;
  readonly reasons: readonly Reason[];
}

/**
 * Explains an extension on a version of PostgreSQL, clause by clause.
 * @param version of the extension; `-` for a contrib module, which has PostgreSQL's
 * @throws UserError for an extension that the index does not know, with the nearest names; for a version of PostgreSQL that is
 * none, with those of the index
 */
export function explain(index: MatrixIndex, name: string, version: string, postgres: string): Explanation[] {
  const extension = index.extensions.find((candidate) => candidate.name === name);
  const module = index.contrib.find((candidate) => candidate.name === name);
  if (extension === undefined && module === undefined) {
    const names = [...index.extensions, ...index.contrib].map((candidate) => candidate.name);
    throw new UserError("./farm why: extension", name, nearest(name, names).join(", "));
  }
  checkPostgres(index, postgres);
  return index.flavours.map((flavour) =>
    extension === undefined || (module !== undefined && version === "-")
      ? explainModule(index, flavour, module, postgres)
      : explainExtension(index, flavour, extension, version, postgres),
  );
}

function checkPostgres({ flavours }: MatrixIndex, version: string): void {
  try {
    parse(version);
  } catch (error) {
    if (!(error instanceof VersionError)) throw error;
    const known = flavours.flatMap(({ releases }) => releases.map((release) => release.version));
    throw new UserError("./farm why: POSTGRES", version, list([...new Set(known)]));
  }
}

function explainExtension(
  { labels }: MatrixIndex,
  flavour: Flavour,
  extension: Extension,
  version: string,
  postgres: string,
): Explanation {
  const found = extension.versions.find((candidate) => candidate.version === version);
  const spec = found === undefined ? undefined : constraintOn(found, flavour.name);
  const reasons = [
    isBuilt(flavour, postgres),
    {
      question: `version ${version}`,
      answer: `${extension.name} has ${list(extension.versions.map((candidate) => candidate.version))}`,
      holds: found !== undefined,
    },
    ...(found === undefined ? [] : constraintReasons(spec, flavour, postgres)),
  ];
  const holds = reasons.every((reason) => reason.holds);
  return {
    title: `${extension.name} ${version} on ${flavour.name} ${postgres}`,
    label: holds
      ? labels.extension({ ...fieldsOf(flavour, postgres), name: extension.name, extensionVersion: version })
      : undefined,
    reasons,
  };
}

function explainModule(
  { labels }: MatrixIndex,
  flavour: Flavour,
  module: ContribModule | undefined,
  postgres: string,
): Explanation {
  const name = module?.name ?? "";
  const fits = module?.fits.get(flavour.name);
  const listed = typeof fits === "object";
  const reasons = [
    isBuilt(flavour, postgres),
    ...(listed
      ? [{ question: `listed for ${flavour.name}`, answer: list(fits), holds: fits.includes(postgres) }]
      : constraintReasons(fits, flavour, postgres)),
    ...(module?.requires ?? []).map((option) => optionReason(flavour, postgres, option)),
  ];
  const holds = reasons.every((reason) => reason.holds);
  return {
    title: `contrib module ${name} of ${flavour.name} ${postgres}`,
    label: holds ? labels.contrib({ ...fieldsOf(flavour, postgres), name }) : undefined,
    reasons,
  };
}

function fieldsOf({ name: flavour, extensionOptionSet: optionSet }: Flavour, version: string): LabelFields {
  return { flavour, version, optionSet, name: "", extensionVersion: "" };
}

function isBuilt(flavour: Flavour, postgres: string): Reason {
  return {
    question: `${flavour.name} ${postgres}`,
    answer: `the index has ${list(flavour.releases.map(({ version }) => version))}`,
    holds: releaseOf(flavour, postgres) !== undefined,
  };
}

function optionReason(flavour: Flavour, postgres: string, option: string): Reason {
  const set = flavour.extensionOptionSet;
  const options = releaseOf(flavour, postgres)?.optionSets.get(set);
  const has = options === null || (options?.includes(option) ?? false);
  const answer = options === null ? `option set ${set} has all` : `option set ${set} has ${list(options ?? [])}`;
  return { question: `needs option ${option}`, answer, holds: has };
}

function releaseOf(flavour: Flavour, version: string): PostgresRelease | undefined {
  return flavour.releases.find((release) => release.version === version);
}

function constraintReasons(spec: string | undefined, flavour: Flavour, postgres: string): Reason[] {
  if (spec === undefined) {
    return [
      { question: `compatible with ${flavour.name}`, answer: "the index names no constraint for it", holds: false },
    ];
  }
  const version = parse(postgres);
  return parseConstraint(spec).clauses.map((clause) => ({
    question: clause.text,
    answer: inWords(clause),
    holds: clauseHolds(clause, version),
  }));
}

const WORDS = { "==": "exactly", "!=": "not", "<": "below", "<=": "at most", ">": "above", ">=": "at least" } as const;

/** `<=17` → `below 18.0, no prerelease`. */
function inWords({ alternatives }: Clause): string {
  return alternatives
    .map((ranges) =>
      ranges
        .map(({ relation, target, prereleases, builds }) => {
          const limited = (relation === "<" || relation === "!=") && prereleases === "natural" && builds === "implicit";
          const suffix = limited && target.prerelease === null ? ", no prerelease" : "";
          return `${WORDS[relation]} ${format(target)}${suffix}`;
        })
        .join(" and "),
    )
    .join(", or ");
}

/** At most eight names, then how many more. */
function list(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

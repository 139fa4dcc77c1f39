import { mebibytes } from "../release/report";
import { paint, type Style } from "../terminal/colour";
import { table } from "../terminal/table";
import type { How } from "./plan-publication";
import type { Outcome, PublishOptions } from "./publish";
import { POINTER, type Stored } from "./repository";

interface Buckets {
  readonly provenance: string;
  readonly repo: string;
}

const STYLES: Readonly<Record<How, Style>> = { new: "green", replaced: "blue", there: "grey" };

/** Digits of a digest that a terminal shows; a pipe and `--json` have them all. */
const SHORT = 12;

/** Objects that publishing stores, in its order; each once only but for the last, the pointer. */
function objectsOf({ publication, isNew }: Outcome, { provenance, repo }: Buckets): { object: string; size: number }[] {
  if (!isNew) return [];
  const inBucket = (bucket: string) => (one: Stored) => ({
    object: `s3://${bucket}/${one.key}`,
    size: Buffer.byteLength(one.text),
  });
  return [
    ...publication.provenance.map(inBucket(provenance)),
    ...[...publication.pages, publication.index].map(inBucket(repo)),
  ];
}

/** What `--json` prints. */
export function publicationJson(release: string, outcome: Outcome, buckets: Buckets) {
  const { publication, isNew } = outcome;
  return {
    release,
    isNew,
    index: publication.index.sha256,
    pointer: `s3://${buckets.repo}/${POINTER}`,
    packages: publication.packages,
    objects: objectsOf(outcome, buckets),
  };
}

/** The packages of a release as a table, what is stored in a dry run, and a line that adds up. */
export function publicationReport(
  release: string,
  outcome: Outcome,
  buckets: Buckets,
  { dryRun, signer }: PublishOptions,
  isTerminal: boolean,
): string {
  const { packages, index } = outcome.publication;
  const digest = (sha256: string) => `sha256:${isTerminal ? `${sha256.slice(0, SHORT)}…` : sha256}`;
  const rows = packages.map((one) => [
    one.package,
    one.version,
    one.kind === "postgres" ? "" : `${one.flavour} ${one.postgres}`,
    one.optionSet,
    one.architecture,
    digest(one.sha256),
    mebibytes(one.size),
    digest(one.provenance),
    paint(STYLES[one.how], one.how),
  ]);
  const headings = ["PACKAGE", "VERSION", "FOR", "OPTIONS", "ARCH", "DIGEST", "SIZE", "PROVENANCE", "INDEX"];
  const columns = headings.map((heading) => (heading === "SIZE" ? { heading, align: "right" as const } : { heading }));
  const pointer = `s3://${buckets.repo}/${POINTER}`;
  const would = dryRun && outcome.isNew ? objectsOf(outcome, buckets) : [];
  const lines = would.map(({ object, size }) => `would put ${object} (${mebibytes(size)})`);
  return [
    "",
    table(columns, rows),
    "",
    ...(lines.length > 0 ? [...lines, `would put ${pointer}, last`, ""] : []),
    lastLine(release, outcome, dryRun, signer !== undefined, `${pointer} → ${digest(index.sha256)}`),
    "",
  ].join("\n");
}

function lastLine(release: string, outcome: Outcome, dryRun: boolean, isSigned: boolean, where: string): string {
  const { packages } = outcome.publication;
  const count = (how: How) => packages.filter((one) => one.how === how).length;
  if (!outcome.isNew) return `Release ${release} is published already, ${packages.length} packages: nothing to do`;
  const counts = `${count("new")} new, ${count("replaced")} replaced, ${count("there")} there already`;
  if (dryRun) return `Release ${release} is not published: ${counts}`;
  return `Release ${release} is published: ${counts}; ${where}${isSigned ? ", signed" : ""}`;
}

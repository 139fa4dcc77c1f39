import { logKey, type ShardResult } from "../../components/matrix/result";
import type { Target } from "../../components/matrix/targets";
import type { Architecture } from "../../components/platform/platform";
import { UserError } from "../../components/user-error";
import { releaseDigest } from "../release/release-digest";
import { type IndexState, isRed, type Verdict, verdicts } from "../release/verdict";

/** What a release built, and may be shown to the world. */
export interface Artifact {
  readonly target: Target;
  readonly architecture: Architecture;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The index that built it. */
  readonly job: string;
  readonly result: ShardResult;
}

/** How messages name a release, and where whoever reads them sees more. */
export interface Judged {
  readonly id: string;
  /** Bucket of the logs. */
  readonly logs: string;
  /** A command. */
  readonly more: string;
  /** Architectures that the farm has emulated workers for. */
  readonly emulated: ReadonlySet<Architecture>;
  /** What it came to when it was built, as `releaseDigest` says it. @default whatever it comes to now */
  readonly expected?: string;
}

/** Targets of a kind that a refusal names. */
const NAMED = 5;

/**
 * The artifacts of a release that may be published: its packages. Checks of the farm are none.
 * @param targets what the release's labels stand for
 * @throws UserError unless every target is green, on workers of its own architecture, every result says of itself what
 * was planned, and every one that names a target names the same artifact
 */
export function judge(
  release: Judged,
  states: readonly IndexState[],
  targets: ReadonlyMap<string, Target>,
): readonly Artifact[] {
  const all = verdicts(states);
  const red = all.filter(isRed);
  const pending = all.filter(({ status }) => status === "pending");
  const log = ({ job, index }: Verdict) => `s3://${release.logs}/${logKey(release.id, job, index, "log.txt")}`;
  refuse(release, [
    some(red, "red", (verdict) => `${verdict.status}, ${log(verdict)}`),
    some(pending, "pending", () => "no result yet"),
  ]);
  refuse(release, [
    some(
      all.filter(({ architecture }) => release.emulated.has(architecture)),
      "built by emulated workers, for tests alone",
      ({ job }) => job,
    ),
    ...states.map((state) => misfit(release, state)),
    some(contradicted(states), "with more than one digest", ({ digests }) => digests.join(" and ")),
  ]);
  const digest = releaseDigest(all);
  if (release.expected !== undefined && release.expected !== digest)
    throw new UserError("./farm publish --expect", `release ${release.id} of digest ${digest}`, release.expected);
  const artifacts = states.flatMap(({ job, result }) =>
    (result?.targets ?? []).flatMap(({ label, sha256, size }) => {
      const target = targets.get(label);
      if (result === undefined || target === undefined || !isPackage(target)) return [];
      return [{ target, architecture: job.architecture, sha256, size, job: job.name, result }];
    }),
  );
  const nothing = artifacts.filter(({ sha256, size }) => sha256 === undefined || size === undefined);
  refuse(release, [
    some(
      nothing.map(({ target, architecture }) => ({ label: target.label, architecture })),
      "green without an artifact",
      () => "no digest",
    ),
  ]);
  const found = new Map<string, Artifact>();
  for (const { sha256 = "", size = 0, ...artifact } of artifacts)
    found.set(`${artifact.target.label} ${artifact.architecture}`, { ...artifact, sha256, size });
  return [...found.values()];
}

/** Whether a target is what somebody would install. */
export function isPackage({ kind, part }: Target): boolean {
  return part === undefined && (kind === "postgres" || kind === "extension" || kind === "contrib");
}

interface Named {
  readonly label: string;
  readonly architecture: Architecture;
}

function some<T extends Named>(found: readonly T[], what: string, why: (one: T) => string): string | undefined {
  if (found.length === 0) return undefined;
  const named = found.slice(0, NAMED).map((one) => `${one.label} (${one.architecture}: ${why(one)})`);
  const rest = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
  return `${found.length} ${what}: ${named.join(", ")}${rest}`;
}

function refuse({ id, more }: Judged, reasons: readonly (string | undefined)[]): void {
  const found = reasons.filter((reason) => reason !== undefined);
  if (found.length === 0) return;
  throw new UserError("./farm publish", `release ${id}, ${found.join("; ")}`, `a release that is green: ${more}`);
}

/** What a result says of itself other than the plan and the farm do: pods of releases may write each other's results. */
function misfit({ id, logs, emulated }: Judged, { job, index, result }: IndexState): string | undefined {
  if (result === undefined) return undefined;
  const planned = {
    release: id,
    job: job.name,
    index,
    architecture: job.architecture,
    emulated: emulated.has(job.architecture),
    exitCode: 0,
    labels: [...(job.shards[index]?.labels ?? [])].sort().join(" "),
  };
  const said = {
    ...result,
    labels: result.targets
      .map(({ label }) => label)
      .sort()
      .join(" "),
  };
  const field = (Object.keys(planned) as (keyof typeof planned)[]).find((key) => said[key] !== planned[key]);
  if (field === undefined) return undefined;
  const object = `s3://${logs}/${logKey(id, job.name, index, "result.json")}`;
  return `${object} with ${field} ${String(said[field])} in place of ${String(planned[field])}`;
}

/** Targets of which results name different artifacts. */
function contradicted(states: readonly IndexState[]): (Named & { readonly digests: readonly string[] })[] {
  const digests = new Map<string, Named & { readonly digests: Set<string> }>();
  for (const { job, result } of states) {
    for (const { label, sha256 } of result?.targets ?? []) {
      if (sha256 === undefined) continue;
      const key = `${label} ${job.architecture}`;
      const known = digests.get(key) ?? { label, architecture: job.architecture, digests: new Set<string>() };
      known.digests.add(sha256);
      digests.set(key, known);
    }
  }
  return [...digests.values()]
    .filter(({ digests: { size } }) => size > 1)
    .map((one) => ({ ...one, digests: [...one.digests].sort() }));
}

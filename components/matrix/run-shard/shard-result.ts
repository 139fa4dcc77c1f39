import type { ShardFile, ShardResult, TargetResult } from "../result";
import type { BuildEvents, FailedAction } from "./build-events";
import type { Spawn } from "./execution-log";

/** An output that is stored. */
export interface StoredFile {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** What one run of Bazel came to. */
export interface Outcome {
  readonly events: BuildEvents;
  readonly spawns: readonly Spawn[];
  /** Wall seconds by label. */
  readonly seconds: ReadonlyMap<string, number>;
  /** By path relative to the execution root. */
  readonly stored: ReadonlyMap<string, StoredFile>;
  /** What a failed action printed, its end. */
  readonly printed: (action: FailedAction) => string;
}

/** Kinds of failure that are the action's own: to try again would give the same. */
const OWN_FAULTS = new Set(["NON_ZERO_EXIT", "TIMEOUT", "OUT_OF_MEMORY"]);

/** What BuildBarn's scheduler says at once where no queue was declared for a platform; its properties, in JSON. */
const NO_WORKERS = /FAILED_PRECONDITION: No workers exist for instance name prefix "[^"]*" platform (\{.*\})/;

/** What became of every label of a shard, in the shard's order. */
export function targetResults(shard: ShardFile, outcome: Outcome): TargetResult[] {
  const { events, spawns, seconds, stored } = outcome;
  const spawnOf = new Map(spawns.flatMap((spawn) => spawn.outputs.map((path) => [path, spawn] as const)));
  return shard.labels.map((label) => {
    const target = events.targets.get(label);
    const its = seconds.get(label) ?? 0;
    if (target === undefined) return { label, status: "skipped", seconds: 0, message: "Bazel did not come to it" };
    if (!target.success) return red(label, its, outcome);
    const hits = target.outputs.map(({ path }) => spawnOf.get(path)?.cacheHit ?? false);
    const [first] = target.outputs;
    const file = first === undefined ? undefined : stored.get(first.path);
    const status = hits.length > 0 && hits.every((hit) => hit) ? "cached" : "built";
    return { label, status, ...(file !== undefined && { sha256: file.sha256, size: file.size }), seconds: its };
  });
}

function red(label: string, seconds: number, { events, printed }: Outcome): TargetResult {
  const target = events.targets.get(label);
  const own = events.failures.get(label);
  const message = target?.message ?? "";
  if (own !== undefined) {
    const text = printed(own).trim();
    return { label, status: "failed", seconds, message: noWorkers(own.message) ?? (text === "" ? own.message : text) };
  }
  const causes = (target?.causes ?? []).filter((cause) => cause !== label);
  if (causes.length === 0) return { label, status: "failed", seconds, message };
  return { label, status: "skipped", seconds, message: `needs ${causes.join(", ")}, which failed` };
}

/** The scheduler's refusal of a platform, in words. */
function noWorkers(message: string): string | undefined {
  const platform = NO_WORKERS.exec(message)?.[1];
  if (platform === undefined) return undefined;
  const { properties } = JSON.parse(platform) as { properties: readonly { name: string; value: string }[] };
  const asked = properties.map(({ name, value }) => `${name}=${value}`).join(" ");
  return `found an action for ${asked}; allowed: a platform that the farm has workers for`;
}

/** The result of a shard. Its exit code is 1 where any target is red. */
export function shardResult(
  shard: ShardFile,
  emulated: boolean,
  startedAt: Date,
  seconds: number,
  targets: TargetResult[],
  spawns: readonly Spawn[],
): ShardResult {
  const { version, release, job, index, architecture } = shard;
  const isRed = targets.some(({ status }) => status === "failed" || status === "skipped");
  const actions = {
    total: spawns.length,
    cacheHits: spawns.filter(({ cacheHit }) => cacheHit).length,
    remote: spawns.filter(({ runner }) => runner === "remote").length,
  };
  const exitCode = isRed ? 1 : 0;
  const times = { startedAt: startedAt.toISOString(), seconds };
  return { version, release, job, index, architecture, emulated, exitCode, ...times, actions, targets };
}

/**
 * What the farm rather than a target is to blame for, in one line; undefined where every failure is a target's own.
 * @param exitCode Bazel's (https://bazel.build/run/scripts#exit-codes)
 */
export function infrastructureFault(exitCode: number, { failures, finished }: BuildEvents): string | undefined {
  if (exitCode !== 0 && exitCode !== 1) return `Bazel ended with ${exitCode}`;
  if (!finished) return `Bazel ended with ${exitCode} before its build did`;
  for (const { label, code, message } of failures.values()) {
    if (!OWN_FAULTS.has(code) && !NO_WORKERS.test(message)) return `${label}: ${code}: ${message.split("\n")[0] ?? ""}`;
  }
  return undefined;
}

import type { MeasuredCosts } from "./cost";
import type { ShardResult } from "./result";
import type { MeasuredSizes } from "./working-set";

/** What one index of an earlier release left in the logs bucket. */
export interface EarlierRun {
  /** Its `result.json`; undefined where there is none, as beside a Build Event file of another farm. */
  readonly result?: ShardResult | undefined;
  /** Wall seconds of a target's actions, added up, by label: of its Build Event file; empty where that tells none. */
  readonly actionSeconds: ReadonlyMap<string, number>;
}

/**
 * CPU-seconds by label from what earlier releases left behind: the median of the runs that really built a target.
 * Cached ones say nothing, nor do failed ones; emulated workers are many times slower, and are left out. A Build Event
 * file without a result beside it does not tell what came from the cache: of such runs the longest counts, where no
 * other is known.
 *
 * What is known are wall seconds, of its actions added up (Build Event file) or from the start of the first to the end
 * of the last (result), with the time that they waited for a worker. They become CPU-seconds by `cores`: exactly for an
 * action that keeps that many cores busy, else an upper bound.
 * @param cores that a target's actions kept busy on the workers
 * @default 1
 */
export function measuredCosts(runs: readonly EarlierRun[], cores: (label: string) => number = () => 1): MeasuredCosts {
  const built = new Map<string, number[]>();
  const longest = new Map<string, number>();
  for (const { result, actionSeconds } of runs) {
    if (result === undefined) {
      for (const [label, seconds] of actionSeconds) longest.set(label, Math.max(longest.get(label) ?? 0, seconds));
      continue;
    }
    if (result.emulated) continue;
    for (const { label, status, seconds } of result.targets) {
      const its = actionSeconds.get(label) ?? seconds;
      if (status === "built" && its > 0) built.set(label, [...(built.get(label) ?? []), its]);
    }
  }
  const known = [...longest, ...[...built].map(([label, seconds]) => [label, median(seconds)] as const)];
  return new Map(known.flatMap(([label, seconds]) => (seconds > 0 ? [[label, seconds * cores(label)]] : [])));
}

/** Bytes of artifacts by label: the largest that earlier releases made, of any architecture. */
export function measuredSizes(runs: readonly EarlierRun[]): MeasuredSizes {
  const sizes = new Map<string, number>();
  for (const { label, size = 0 } of runs.flatMap(({ result }) => result?.targets ?? [])) {
    if (size > 0) sizes.set(label, Math.max(size, sizes.get(label) ?? 0));
  }
  return sizes;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

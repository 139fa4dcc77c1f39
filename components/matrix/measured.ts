import type { MeasuredCosts } from "./cost";
import type { ShardResult } from "./result";

/**
 * CPU-seconds by label from what earlier releases left behind: the median of the runs that really built a target.
 * Cached ones say nothing, nor do failed ones; emulated workers are many times slower, and are left out.
 *
 * A result holds wall seconds. An extension is built on one core, so that they are its CPU-seconds; of a PostgreSQL
 * build, which uses every core it sees, they are a lower bound, and `cores` says by how much.
 * @param cores that a target's widest action had on the workers
 * @default 1
 */
export function measuredCosts(
  results: readonly ShardResult[],
  cores: (label: string) => number = () => 1,
): MeasuredCosts {
  const runs = new Map<string, number[]>();
  for (const { targets, emulated } of results) {
    if (emulated) continue;
    for (const { label, status, seconds } of targets) {
      if (status !== "built" || seconds <= 0) continue;
      runs.set(label, [...(runs.get(label) ?? []), seconds * cores(label)]);
    }
  }
  return new Map([...runs].map(([label, seconds]) => [label, median(seconds)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

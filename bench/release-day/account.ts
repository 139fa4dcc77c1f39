import { type IndexFaults, indexKey } from "./faults";

/** Indexes from the API's form of them: `0-3,5` → 0, 1, 2, 3, 5. */
export function parseIndexes(text: string): Set<number> {
  const indexes = new Set<number>();
  for (const interval of text.split(",").filter((part) => part !== "")) {
    const [first = NaN, last = first] = interval.split("-").map(Number);
    for (let index = first; index <= last; index++) indexes.add(index);
  }
  return indexes;
}

/** What a Job says of its indexes, and what was seen of its pods. */
export interface JobEvidence {
  readonly namespace: string;
  readonly name: string;
  readonly indexes: number;
  /** `status.completedIndexes` and `status.failedIndexes`. */
  readonly completed: string;
  readonly failed: string;
  /** Indexes that a pod was seen to succeed for. */
  readonly succeeded: ReadonlySet<number>;
}

/** Indexes by what became of them. All but the first two must be 0. */
export interface Account {
  readonly completed: number;
  readonly failed: number;
  /** Neither completed nor failed. */
  readonly lost: number;
  /** Failed though none of its targets is red. */
  readonly wronglyFailed: number;
  /** Completed though a target is red, or completed and failed at once. */
  readonly wronglyCompleted: number;
  /** Completed without a pod that succeeded. */
  readonly unseen: number;
  /** Not completed though a pod succeeded. */
  readonly uncounted: number;
}

const NOTHING: Account = {
  completed: 0,
  failed: 0,
  lost: 0,
  wronglyFailed: 0,
  wronglyCompleted: 0,
  unseen: 0,
  uncounted: 0,
};

/** Compares what Jobs say of every index with what should have become of it, and with the pods that were seen. */
export function account(jobs: readonly JobEvidence[], { red }: Pick<IndexFaults, "red">): Account {
  const sum = { ...NOTHING };
  for (const { namespace, name, indexes, succeeded, ...job } of jobs) {
    const [completed, failed] = [parseIndexes(job.completed), parseIndexes(job.failed)];
    for (let index = 0; index < indexes; index++) {
      const isRed = red.has(indexKey(namespace, name, index));
      const [isCompleted, isFailed] = [completed.has(index), failed.has(index)];
      if (isCompleted) sum.completed++;
      if (isFailed) sum.failed++;
      if (!isCompleted && !isFailed) sum.lost++;
      if (isFailed && !isRed) sum.wronglyFailed++;
      if (isCompleted && (isRed || isFailed)) sum.wronglyCompleted++;
      if (isCompleted && !succeeded.has(index)) sum.unseen++;
      if (succeeded.has(index) && !isCompleted) sum.uncounted++;
    }
  }
  return sum;
}

/** Whether every index became what it should have. */
export function holds({ lost, wronglyFailed, wronglyCompleted, unseen, uncounted }: Account): boolean {
  return lost + wronglyFailed + wronglyCompleted + unseen + uncounted === 0;
}

/** How much was done at a moment, in milliseconds since 1970. */
export interface Progressed {
  readonly at: number;
  readonly done: number;
}

/** What is done a second from the first tenth to the last: starting and running out say nothing of what is sustained. */
export function sustainedRate(progress: readonly Progressed[]): number {
  const all = progress.at(-1)?.done ?? 0;
  const from = progress.find(({ done }) => done >= 0.1 * all);
  const to = progress.find(({ done }) => done >= 0.9 * all);
  if (from === undefined || to === undefined || to.at <= from.at) return 0;
  return ((to.done - from.done) * 1000) / (to.at - from.at);
}

/** Seconds of the longest time in which nothing was done. */
export function longestPause(progress: readonly Progressed[]): number {
  const steps = progress.filter(({ done }, i) => done > (progress[i - 1]?.done ?? 0));
  return steps.reduce((longest, { at }, i) => Math.max(longest, (at - (steps[i - 1]?.at ?? at)) / 1000), 0);
}

/** The middle of some values; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

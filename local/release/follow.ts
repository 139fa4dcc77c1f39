import { setTimeout as sleep } from "node:timers/promises";

import { logKey } from "../../components/matrix/result";
import { type ShardProgress, shardProgressSchema } from "../../components/matrix/run-shard/progress";
import type { Store } from "../../components/matrix/run-shard/store";
import { paint } from "../terminal/colour";
import type { Progress, Report } from "../terminal/progress";
import type { DeclaredRelease } from "./declared";
import { failedPods, jobStates } from "./jobs";
import { cacheHitsNow, type Queue, queueNow } from "./queue";
import { explainLost, type IndexState, isCurrent, isRed, readResults, verdicts } from "./verdict";

/** Milliseconds between two looks. */
const INTERVAL_MS = 2000;

/** Milliseconds for which a farm may leave every look unanswered. */
const BLIND_MS = 120_000;

/** Exit code of a client whose targets are red: they speak for themselves. */
const EXIT_RED = 1;

/**
 * Follows a release to its end: how far it is, actions that run and wait, failures as they happen. To stop following
 * does not stop the release.
 * @param farm namespace of the farm
 * @param expectedSeconds what the plan's estimate comes to on this farm
 */
export async function follow(
  store: Store,
  bucket: string,
  release: DeclaredRelease,
  farm: string,
  expectedSeconds: number,
  progress: Progress,
): Promise<IndexState[]> {
  const names = release.jobs.map(({ name }) => name);
  const tell = failureTeller(progress);
  const hitsBefore = await cacheHitsNow(farm);
  const look = async (report: Report): Promise<IndexState[] | undefined> => {
    const jobs = await jobStates(names);
    const states = await readResults(store, bucket, release, jobs);
    const running = await progressOf(store, bucket, release, states, (progress, job) => {
      const state = jobs.get(job);
      return state !== undefined && isCurrent(progress, state);
    });
    await tell(states, running);
    // Results come some moments before their Job's end; what follows a release may count on the end.
    if (states.every(({ ended }) => ended)) {
      report.note(`(${countHits(hitsIn(states))})`);
      return explainLost(states);
    }
    const hits = Math.max(hitsIn(states), (await cacheHitsNow(farm)) - hitsBefore);
    report.note(situation(states, running, await queueNow(farm), hits));
    return undefined;
  };
  return progress.task(`Release ${release.id}`, expectedSeconds, async (report) => {
    let seen = Date.now();
    for (;;) {
      try {
        const ended = await look(report);
        if (ended !== undefined) return ended;
        seen = Date.now();
      } catch (error) {
        // The API server or the store restarts: the release goes on without anybody looking.
        if (Date.now() - seen > BLIND_MS) throw error;
        report.note("(the farm does not answer)");
      }
      await sleep(INTERVAL_MS);
    }
  });
}

/**
 * Where a release is, in a few words.
 * @param hits actions that came from the cache so far
 */
export function situation(
  states: readonly IndexState[],
  running: readonly ShardProgress[],
  queue: Queue | undefined,
  hits: number,
): string {
  const results = states.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const done = sum(results.map(({ actions }) => actions.total)) + sum(running.map((one) => one.done));
  const total = sum(results.map(({ actions }) => actions.total)) + sum(running.map((one) => one.total));
  const failed = verdicts(states).filter(isRed).length + sum(running.map((one) => one.failed.length));
  const parts = [
    `${bar(total === 0 ? 0 : done / total)} ${done}/${total} actions`,
    ...(queue === undefined ? [] : [`${queue.running} running`, `${queue.queued} queued`]),
    countHits(hits),
    ...(states.length > 1 ? [`${results.length}/${states.length} shards`] : []),
    ...(failed > 0 ? [`${failed} red`] : []),
  ];
  return parts.join(", ");
}

const BAR_CELLS = 12;

/** `0.5` → `[######------]`. */
export function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_CELLS);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_CELLS - filled)}]`;
}

function hitsIn(states: readonly IndexState[]): number {
  return sum(states.map(({ result }) => result?.actions.cacheHits ?? 0));
}

function countHits(hits: number): string {
  return `${hits} cache ${hits === 1 ? "hit" : "hits"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** What the indexes that still run say of themselves. */
async function progressOf(
  store: Store,
  bucket: string,
  release: DeclaredRelease,
  states: readonly IndexState[],
  current: (progress: ShardProgress, job: string) => boolean,
): Promise<ShardProgress[]> {
  const running: ShardProgress[] = [];
  for (const { job, index, result, ended } of states) {
    if (result !== undefined || ended) continue;
    const text = await store.text(bucket, logKey(release.id, job.name, index, "progress.json"));
    const parsed = text === undefined ? undefined : shardProgressSchema.safeParse(JSON.parse(text));
    if (parsed?.success === true && current(parsed.data, job.name)) running.push(parsed.data);
  }
  return running;
}

/** Shows each failure once, when it is first seen: red targets, and pods that ended for another reason. */
function failureTeller(progress: Progress) {
  const shown = new Set<string>();
  const pods = new Set<string>();
  const once = (key: string, text: string) => {
    if (!shown.has(key)) progress.line(`${paint("red", "✗", process.stderr)} ${text}`);
    shown.add(key);
  };
  return async (states: readonly IndexState[], running: readonly ShardProgress[]): Promise<void> => {
    for (const label of running.flatMap(({ failed }) => failed)) once(label, `${label}: red`);
    for (const { label, architecture, status } of verdicts(states).filter(isRed)) {
      if (status !== "lost" && !shown.has(label))
        once(`${label} ${architecture}`, `${label} (${architecture}): ${status}`);
    }
    for (const name of new Set(states.filter(({ ended }) => !ended).map(({ job }) => job.name))) {
      for (const pod of await failedPods(name, 1, pods)) {
        pods.add(pod.name);
        if (pod.exitCode === EXIT_RED) continue;
        progress.line(`  pod ${pod.name} ended with ${pod.exitCode ?? "no exit code"}: ${pod.output.at(-1) ?? ""}`);
      }
    }
  };
}

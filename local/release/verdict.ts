import { readJson } from "../../components/json";
import { logKey, RESULT, type ShardResult, shardResultSchema, type TargetResult } from "../../components/matrix/result";
import type { Store } from "../../components/matrix/run-shard/store";
import type { Architecture } from "../../components/platform/platform";
import type { DeclaredJob, DeclaredRelease } from "./declared";
import { failedPods, type JobState } from "./jobs";

/** What became of one target on one architecture. */
export interface Verdict extends Omit<TargetResult, "status"> {
  readonly architecture: Architecture;
  readonly emulated: boolean;
  /** `pending`: not there yet; `lost`: its index ended for good without a result. */
  readonly status: TargetResult["status"] | "pending" | "lost";
  readonly job: string;
  readonly index: number;
}

/** What one index of a Job came to. */
export interface IndexState {
  readonly job: DeclaredJob;
  readonly index: number;
  readonly result: ShardResult | undefined;
  /** True once Kubernetes will not run it again. */
  readonly ended: boolean;
  /** Why there is no result though it ended. */
  readonly reason?: string;
}

/**
 * One verdict for every target of a release. A target whose index ended without a result is lost, which is red; one
 * whose index still runs is pending.
 */
export function verdicts(states: readonly IndexState[]): Verdict[] {
  return states.flatMap(({ job, index, result, ended, reason }) => {
    const common = { architecture: job.architecture, job: job.name, index };
    const results = new Map(result?.targets.map((target) => [target.label, target]));
    return (job.shards[index]?.labels ?? []).map((label) => {
      const target = results.get(label);
      if (target !== undefined) return { ...common, emulated: result?.emulated ?? false, ...target };
      const over = ended || result !== undefined;
      const message = over ? { message: reason ?? "its pod ended without a result for it" } : {};
      return { ...common, emulated: false, label, status: over ? "lost" : "pending", seconds: 0, ...message };
    });
  });
}

/** Whether a verdict makes the release red. */
export function isRed({ status }: Pick<Verdict, "status">): boolean {
  return status === "failed" || status === "skipped" || status === "lost";
}

/** Whether a result belongs to the Job that is there now, not to one of the same name before it. */
export function isCurrent({ startedAt }: Pick<ShardResult, "startedAt">, job: JobState): boolean {
  return Date.parse(startedAt) >= job.createdAt;
}

/**
 * Reads what the indexes of a release have come to so far.
 * @throws UserError naming an object that is no result
 */
export async function readResults(
  store: Pick<Store, "text">,
  bucket: string,
  release: DeclaredRelease,
  jobs: ReadonlyMap<string, JobState>,
): Promise<IndexState[]> {
  const states: IndexState[] = [];
  for (const job of release.jobs) {
    const state = jobs.get(job.name) ?? { createdAt: 0, ended: true, failed: false };
    for (const index of job.shards.keys()) {
      const key = logKey(release.id, job.name, index, "result.json");
      const text = await store.text(bucket, key);
      const where = `s3://${bucket}/${key}`;
      const result = text === undefined ? undefined : readJson(where, text, shardResultSchema, RESULT);
      const current = result !== undefined && isCurrent(result, state) ? result : undefined;
      states.push({ job, index, result: current, ended: state.ended });
    }
  }
  return states;
}

/** Lines of a lost index's pod that its targets show. */
const LOST_LINES = 10;

/** Says of every index that ended without a result why, as far as its last pod tells. */
export async function explainLost(states: readonly IndexState[]): Promise<IndexState[]> {
  const explained: IndexState[] = [];
  const pods = new Map<string, Awaited<ReturnType<typeof failedPods>>>();
  for (const state of states) {
    const { job, index, result, ended } = state;
    if (result !== undefined || !ended) {
      explained.push(state);
      continue;
    }
    const failed = pods.get(job.name) ?? (await failedPods(job.name, LOST_LINES));
    pods.set(job.name, failed);
    const last = failed.findLast((pod) => pod.index === index);
    const reason =
      last === undefined
        ? "its Job is gone, and left no result"
        : [`its pod ended with ${last.exitCode ?? "no exit code"} and no result:`, ...last.output].join("\n");
    explained.push({ ...state, reason });
  }
  return explained;
}

import type { JobPlan, ReleasePlan } from "../../components/matrix/plan";
import { logKey, type ShardResult, shardResultSchema, type TargetResult } from "../../components/matrix/result";
import type { Store } from "../../components/matrix/run-shard/store";
import type { Architecture } from "../../components/platform/platform";

/** What became of one target on one architecture. */
export interface Verdict extends Omit<TargetResult, "status"> {
  readonly architecture: Architecture;
  readonly emulated: boolean;
  readonly status: TargetResult["status"] | "pending" | "lost";
  readonly job: string;
  readonly index: number;
}

/** What one index of a Job came to. */
export interface IndexState {
  readonly job: JobPlan;
  readonly index: number;
  readonly result: ShardResult | undefined;
  /** True once Kubernetes will not run it again. */
  readonly ended: boolean;
}

/**
 * One verdict for every target of a release. A target whose index ended without a result is lost, which is red; one
 * whose index still runs is pending.
 */
export function verdicts(states: readonly IndexState[]): Verdict[] {
  return states.flatMap(({ job, index, result, ended }) => {
    const common = { architecture: job.architecture, job: job.name, index };
    return (job.shards[index]?.labels ?? []).map((label) => {
      const target = result?.targets.find((candidate) => candidate.label === label);
      if (target !== undefined) return { ...common, emulated: result?.emulated ?? false, ...target };
      const status = ended ? ("lost" as const) : ("pending" as const);
      const message = ended ? { message: "its pod ended without a result" } : {};
      return { ...common, emulated: false, label, status, seconds: 0, ...message };
    });
  });
}

/** Whether a verdict makes the release red. */
export function isRed({ status }: Pick<Verdict, "status">): boolean {
  return status === "failed" || status === "skipped" || status === "lost";
}

/** Reads the results that the indexes of a plan have written so far. */
export async function readResults(
  store: Store,
  plan: ReleasePlan,
  ended: (job: JobPlan) => boolean,
): Promise<IndexState[]> {
  const states: IndexState[] = [];
  for (const job of plan.jobs) {
    for (const index of job.shards.keys()) {
      const text = await store.text("logs", logKey(plan.id, job.name, index, "result.json"));
      const result = text === undefined ? undefined : shardResultSchema.parse(JSON.parse(text));
      states.push({ job, index, result, ended: ended(job) });
    }
  }
  return states;
}

import { setTimeout as sleep } from "node:timers/promises";

import type { JobPlan, ReleasePlan } from "../../components/matrix/plan";
import { indexDigits } from "../../components/matrix/result";
import type { Store } from "../../components/matrix/run-shard/store";
import { ApiError, kubeRequest } from "../node/api";
import type { Progress } from "../terminal/progress";
import { queueNow } from "./queue";
import { type IndexState, isRed, readResults, verdicts } from "./verdict";

interface Job {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** How a Job stands: `absent` where Kubernetes does not have it. */
export type JobState = "absent" | "running" | "complete" | "failed";

/** The state of every Job of a plan, by name. */
export async function jobStates(plan: ReleasePlan, namespace: string): Promise<Map<string, JobState>> {
  const states = new Map<string, JobState>();
  for (const { name } of plan.jobs) {
    try {
      const job = await kubeRequest<Job>("GET", `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
      const holds = (condition: string) =>
        job.status?.conditions?.some(({ type, status }) => type === condition && status === "True") ?? false;
      states.set(name, holds("Complete") ? "complete" : holds("Failed") ? "failed" : "running");
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      states.set(name, "absent");
    }
  }
  return states;
}

/** Milliseconds between two looks. */
const INTERVAL_MS = 2000;

/**
 * Follows a release to its end: how far it is, actions that run and wait, failures as they happen. To stop following
 * does not stop the release.
 * @param expectedSeconds what the plan's estimate comes to on this farm
 */
export async function follow(
  store: Store,
  plan: ReleasePlan,
  namespaces: { readonly farm: string; readonly release: string },
  expectedSeconds: number,
  progress: Progress,
): Promise<IndexState[]> {
  const shown = new Set<string>();
  const ofAll = plan.jobs.reduce((sum, { shards }) => sum + shards.length, 0);
  return progress.task(`Release ${plan.id}`, expectedSeconds, async (report) => {
    for (;;) {
      const jobs = await jobStates(plan, namespaces.release);
      const states = await readResults(store, plan, ({ name }: JobPlan) => jobs.get(name) !== "running");
      for (const verdict of verdicts(states).filter(isRed)) {
        const key = `${verdict.label} ${verdict.architecture}`;
        if (!shown.has(key)) progress.line(`✗ ${verdict.label} (${verdict.architecture}): ${verdict.status}`);
        shown.add(key);
      }
      const done = states.filter(({ result }) => result !== undefined);
      const hits = done.reduce((sum, { result }) => sum + (result?.actions.cacheHits ?? 0), 0);
      if (states.every((state) => state.result !== undefined || state.ended)) {
        report.note(`(${hits} cache hits)`);
        return states;
      }
      const queue = await queueNow(namespaces.farm);
      const actions = await actionsNow(store, plan, states);
      const counts = queue === undefined ? "" : `, ${queue.running} running, ${queue.queued} queued`;
      report.note(
        `(shards ${done.length}/${ofAll}, actions ${actions.done}/${actions.total}${counts}, ${hits} cache hits)`,
      );
      await sleep(INTERVAL_MS);
    }
  });
}

async function actionsNow(store: Store, plan: ReleasePlan, states: readonly IndexState[]) {
  let [done, total] = [0, 0];
  for (const { job, index, result } of states) {
    if (result !== undefined) {
      done += result.actions.total;
      total += result.actions.total;
      continue;
    }
    const text = await store.text("logs", `${plan.id}/${job.name}/${indexDigits(index)}/progress.json`);
    if (text === undefined) continue;
    const now = JSON.parse(text) as { done: number; total: number };
    done += now.done;
    total += now.total;
  }
  return { done, total };
}

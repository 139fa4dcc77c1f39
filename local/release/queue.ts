import { call, kubeRequest } from "../node/api";

/** Actions in BuildBarn's scheduler, over all platforms. */
export interface Queue {
  readonly queued: number;
  readonly running: number;
}

const PREFIX = "buildbarn_builder_in_memory_build_queue_tasks_";

/**
 * Reads the scheduler's Prometheus metrics. Each counts what came to a stage's end: what is in a stage is the
 * difference of two of them.
 */
export function readQueue(metrics: string): Queue {
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${PREFIX}${name}(?:\\{.*\\})? ([\\d.e+]+)$`, "gm"))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  const left = sum("queued_duration_seconds_count");
  return {
    queued: Math.max(0, sum("scheduled_total") - left),
    running: Math.max(0, left - sum("executing_duration_seconds_count")),
  };
}

interface Pods {
  readonly items: readonly { readonly status: { readonly podIP?: string } }[];
}

/** The queue now; undefined while there is no scheduler. */
export async function queueNow(namespace: string): Promise<Queue | undefined> {
  const pods = await kubeRequest<Pods>(
    "GET",
    `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io%2Fname%3Dscheduler`,
  );
  const address = pods.items.find(({ status }) => status.podIP !== undefined)?.status.podIP;
  if (address === undefined) return undefined;
  try {
    return readQueue((await call("GET", `http://${address}:9980/metrics`)).body);
  } catch {
    return undefined;
  }
}

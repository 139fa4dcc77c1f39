import { PROMETHEUS_PORT } from "../../components/observability/configuration";
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
  const [metrics] = await metricsOf(namespace, "scheduler");
  return metrics === undefined ? undefined : readQueue(metrics);
}

/** Reads how many lookups of the action cache a frontend answered with a result since it started. */
export function readCacheHits(metrics: string): number {
  const line = /^grpc_server_handled_total\{grpc_code="OK",grpc_method="GetActionResult",.*\} ([\d.e+]+)$/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}

/** Action cache hits of all frontends since they started. */
export async function cacheHitsNow(namespace: string): Promise<number> {
  const all = await metricsOf(namespace, "frontend");
  return all.reduce((sum, metrics) => sum + readCacheHits(metrics), 0);
}

/** Addresses of the pods of a part of the farm. */
export async function addressesOf(namespace: string, part: string): Promise<string[]> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${part}`);
  const pods = await kubeRequest<Pods>("GET", `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
  return pods.items.flatMap(({ status: { podIP } }) => podIP ?? []);
}

/** Prometheus metrics of the pods of a part of BuildBarn; those that do not answer are left out. */
async function metricsOf(namespace: string, part: string): Promise<string[]> {
  const answers = (await addressesOf(namespace, part)).map(async (address) => {
    try {
      return [(await call("GET", `http://${address}:9980/metrics`)).body];
    } catch {
      return [];
    }
  });
  return (await Promise.all(answers)).flat();
}

/** Names of the alerts that fire; undefined where no Prometheus answers. */
export async function alertsNow(namespace: string): Promise<string[] | undefined> {
  const [address] = await addressesOf(namespace, "prometheus");
  if (address === undefined) return undefined;
  try {
    return readAlerts((await call("GET", `http://${address}:${PROMETHEUS_PORT}/api/v1/alerts`)).body);
  } catch {
    return undefined;
  }
}

/** Reads what Prometheus says of its alerts; one that may yet pass is left out. */
export function readAlerts(body: string): string[] {
  interface Alerts {
    readonly data: { readonly alerts: readonly { readonly state: string; readonly labels: { alertname: string } }[] };
  }
  const { alerts } = (JSON.parse(body) as Alerts).data;
  return [...new Set(alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname))].sort();
}

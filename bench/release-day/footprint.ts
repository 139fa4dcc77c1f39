import { call } from "../../local/node/api";
import { request, type SimulatedCluster } from "./cluster";
import { interruptible } from "./interruptible";

/** What the cluster holds at one moment. */
export interface Footprint {
  /** Keys of etcd: the API's objects, and a handful that are etcd's and the API server's own. */
  readonly objects: number;
  readonly pods: number;
  readonly events: number;
  /** Of the database file: it never shrinks by itself. */
  readonly etcdBytes: number;
  /** Of the file's pages in use. */
  readonly etcdBytesInUse: number;
  /** Of the API server in memory. */
  readonly apiServerBytes: number;
}

/** Milliseconds between two looks. */
const INTERVAL_MS = 3000;

const METRICS = "http://127.0.0.1:2381/metrics";

/** A gauge of Prometheus' text format; 0 where it is not there. */
export function gauge(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}

/** Looks now. */
export async function footprint(cluster: SimulatedCluster): Promise<Footprint> {
  const { body } = await call("GET", METRICS);
  return {
    objects: gauge(body, "etcd_debugging_mvcc_keys_total"),
    etcdBytes: gauge(body, "etcd_mvcc_db_total_size_in_bytes"),
    etcdBytesInUse: gauge(body, "etcd_mvcc_db_total_size_in_use_in_bytes"),
    pods: await count("/api/v1/pods"),
    events: await count("/api/v1/events"),
    apiServerBytes: cluster.apiServerBytes(),
  };
}

/** Objects under a path, without reading them all. */
async function count(path: string): Promise<number> {
  interface List {
    readonly metadata: { readonly remainingItemCount?: number };
    readonly items: readonly unknown[];
  }
  const { metadata, items } = await request<List>("GET", `${path}?limit=1`);
  return items.length + (metadata.remainingItemCount ?? 0);
}

/** The most of each figure. */
export function most(a: Footprint, b: Footprint): Footprint {
  return Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, Math.max(value as number, b[name as keyof Footprint])]),
  ) as unknown as Footprint;
}

/** Looks again and again until `stop`; gives the peak of each figure. A moment without etcd is passed over. */
export async function peakFootprint(cluster: SimulatedCluster, stop: AbortSignal): Promise<Footprint> {
  let peak = await footprint(cluster);
  while (!stop.aborted) {
    await interruptible(INTERVAL_MS, stop);
    try {
      peak = most(peak, await footprint(cluster));
    } catch {
      // etcd was killed just now.
    }
  }
  return peak;
}

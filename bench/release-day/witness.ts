import { followLines } from "../../local/node/api";
import { paths } from "../../local/node/layout";
import { LAYOUT, request } from "./cluster";

/** What is read of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** How a pod ended. */
export type Ending = "succeeded" | "red" | "failed" | "disrupted";

/** How a pod ended; undefined while it has not. */
export function endingOf({ status }: Pod): Ending | undefined {
  if (status.phase === "Succeeded") return "succeeded";
  if (status.phase !== "Failed") return undefined;
  const disrupted = status.conditions?.some(
    ({ type, status: holds }) => type === "DisruptionTarget" && holds === "True",
  );
  if (disrupted === true) return "disrupted";
  return status.containerStatuses?.[0]?.state?.terminated?.exitCode === 1 ? "red" : "failed";
}

/**
 * Sees every pod of a namespace end, from the API's stream of changes: what the Jobs' own accounts are checked against.
 */
export class Witness {
  /** Milliseconds since 1970 at which pods ended, by their uid. */
  readonly endedAt = new Map<string, number>();
  /** Pods by how they ended. */
  readonly endings: Record<Ending, number> = { succeeded: 0, red: 0, failed: 0, disrupted: 0 };
  /** Indexes that a pod succeeded for, by Job. */
  readonly succeeded = new Map<string, Set<number>>();

  see(pod: Pod, now: number): void {
    const { uid, labels, annotations } = pod.metadata;
    const ending = endingOf(pod);
    if (ending === undefined || this.endedAt.has(uid)) return;
    this.endedAt.set(uid, now);
    this.endings[ending]++;
    const job = labels?.["batch.kubernetes.io/job-name"];
    if (ending !== "succeeded" || job === undefined) return;
    const indexes = this.succeeded.get(job) ?? new Set<number>();
    indexes.add(Number(annotations?.["batch.kubernetes.io/job-completion-index"]));
    this.succeeded.set(job, indexes);
  }
}

/** Pods that have ended, and no others. */
const ENDED = encodeURIComponent("status.phase!=Pending,status.phase!=Running");

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Pod[];
}

interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "ERROR";
  readonly object: Pod;
}

/**
 * Shows a witness every pod of a namespace that ends, until `stop`. Where the stream broke (the API server was killed),
 * it begins anew with a list: a pod that ended stays in it until its Job has counted it, and long after.
 */
export async function watchPods(namespace: string, witness: Witness, stop: AbortSignal): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=${ENDED}`;
  while (!stop.aborted) {
    const { items, metadata } = await request<PodList>("GET", path);
    for (const pod of items) witness.see(pod, Date.now());
    const onLine = (line: string) => {
      const { type, object } = JSON.parse(line) as Change;
      if (type !== "ERROR") witness.see(object, Date.now());
    };
    const query = `watch=1&resourceVersion=${metadata.resourceVersion}`;
    // However it ends, the list tells what it would have told.
    await followLines(`${path}&${query}`, onLine, stop, paths(LAYOUT)).catch(() => undefined);
  }
}

import { requestOnce, type SimulatedCluster } from "./cluster";
import { type Footprint, footprint, peakFootprint } from "./footprint";
import { type Ending, watchPods, Witness } from "./witness";

/** What was seen of the pods and of the cluster. */
export interface Observed {
  /** Pods that ended, by how. */
  readonly endings: Readonly<Record<Ending, number>>;
  /** Seconds that the control plane and KWOK had of the processors. */
  readonly cpuSeconds: number;
  readonly peak: Footprint;
  readonly end: Footprint;
}

/** Makes a namespace, does something in it, and gives that with what was seen of the pods and of the cluster. */
export async function observed<T>(
  cluster: SimulatedCluster,
  namespace: string,
  work: (witness: Witness) => Promise<T>,
): Promise<T & Observed> {
  await requestOnce("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    // As the release program makes it.
    metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  const witness = new Witness();
  const stop = new AbortController();
  const before = cluster.cpuSeconds();
  const peaking = peakFootprint(cluster, stop.signal);
  void watchPods(namespace, witness, stop.signal);
  try {
    const result = await work(witness);
    const end = await footprint(cluster);
    stop.abort();
    const cpuSeconds = cluster.cpuSeconds() - before;
    return { ...result, endings: witness.endings, cpuSeconds, peak: await peaking, end };
  } finally {
    stop.abort();
  }
}

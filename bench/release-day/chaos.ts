import { setTimeout as sleep } from "node:timers/promises";

import { ApiError } from "../../local/node/api";
import { within } from "../../local/node/supervise";
import { request, requestOnce, type SimulatedCluster } from "./cluster";
import { type FaultRates, killAt, stormOn, type Victim } from "./faults";
import { firstNodes, makeNodes } from "./nodes";
import { interruptible } from "./interruptible";
import type { Pod } from "./witness";

/** A process that was killed, and the seconds until it served again. */
export interface Kill {
  readonly victim: Victim;
  readonly seconds: number;
}

/** What goes wrong with the cluster while a release runs. */
export interface Trouble {
  readonly rates: FaultRates;
  readonly seed: string;
}

/** What went wrong. */
interface Troubles {
  readonly kills: readonly Kill[];
  readonly storm: Storm | undefined;
}

/** Share of the work that must be done before the spot storm comes. */
const STORM_AT = 0.2;

/**
 * Lets work run on a bad day: kills until it ends, and one spot storm in its midst.
 * @param work calls `progressed` with the share that is done
 */
export async function badDay<T>(
  cluster: SimulatedCluster,
  trouble: Trouble | undefined,
  work: (progressed: (done: number) => void) => Promise<T>,
): Promise<{ result: T } & Troubles> {
  if (trouble === undefined) return { result: await work(() => undefined), kills: [], storm: undefined };
  const { rates, seed } = trouble;
  const stop = new AbortController();
  let storm: Promise<Storm> | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const kills = killAtRandom(cluster, rates, seed, stop.signal);
  kills.catch(fail);
  try {
    const result = await Promise.race([
      failed,
      work((done) => {
        if (done < STORM_AT || storm !== undefined) return;
        storm = spotStorm(cluster, firstNodes(), rates, seed);
        storm.catch(fail);
      }),
    ]);
    stop.abort();
    return { result, kills: await kills, storm: await storm };
  } finally {
    stop.abort();
  }
}

/** Kills processes of the control plane at random and starts them again, one at a time, until `stop`. */
export async function killAtRandom(
  cluster: SimulatedCluster,
  rates: FaultRates,
  seed: string,
  stop: AbortSignal,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (;;) {
    const { victim, afterSeconds } = killAt(kills.length, rates, seed);
    await interruptible(afterSeconds * 1000, stop);
    if (stop.aborted) return kills;
    kills.push({ victim, seconds: await cluster.kill(victim) });
  }
}

/** Pods that ran on the nodes that a spot storm took, by uid, and when it came, in milliseconds since 1970. */
export interface Storm {
  readonly at: number;
  readonly nodes: number;
  /** On nodes taken with a notice. */
  readonly evicted: readonly string[];
  /** On nodes that vanished. */
  readonly orphaned: readonly string[];
}

/** Seconds from a storm to the nodes that take the place of those it took: an instance has to boot. */
const REPLACED_AFTER_SECONDS = 20;

/** Seconds that the pods of a node have to end after the notice. A spot instance gives 120. */
const NOTICE_SECONDS = 30;

/** Takes a share of the nodes away: half with a notice, half without; others come later. */
export async function spotStorm(
  cluster: SimulatedCluster,
  nodes: readonly string[],
  rates: FaultRates,
  seed: string,
): Promise<Storm> {
  const { withNotice, without } = stormOn(nodes, rates, seed);
  const at = Date.now();
  const orphaned = await Promise.all(without.map(vanish));
  await cluster.restartKwok();
  const evicted = await Promise.all(withNotice.map(drain));
  await sleep(REPLACED_AFTER_SECONDS * 1000);
  await makeNodes([...withNotice, ...without].map((name) => `${name}-new`));
  return { at, nodes: withNotice.length + without.length, evicted: evicted.flat(), orphaned: orphaned.flat() };
}

/** Deletes a node with all that runs on it; gives the pods that did. */
async function vanish(node: string): Promise<string[]> {
  const pods = await runningOn(node);
  await requestOnce("DELETE", `/api/v1/nodes/${node}`);
  return pods.map(({ metadata }) => metadata.uid);
}

/** What a handler of interruption notices does: no new pods, the old ones evicted, then the node is gone. */
async function drain(node: string): Promise<string[]> {
  const body = { apiVersion: "v1", kind: "Node", metadata: { name: node }, spec: { unschedulable: true } };
  await request("PATCH", `/api/v1/nodes/${node}`, body);
  const pods = await runningOn(node);
  await Promise.all(pods.map(evict));
  await within(NOTICE_SECONDS, async () => (await runningOn(node)).length === 0);
  await requestOnce("DELETE", `/api/v1/nodes/${node}`);
  return pods.map(({ metadata }) => metadata.uid);
}

type NamespacedPod = Pod & { readonly metadata: { readonly namespace: string } };

async function runningOn(node: string): Promise<readonly NamespacedPod[]> {
  const selector = encodeURIComponent(`spec.nodeName=${node},status.phase=Running`);
  return (await request<{ items: NamespacedPod[] }>("GET", `/api/v1/pods?fieldSelector=${selector}`)).items;
}

async function evict({ metadata: { name, namespace } }: NamespacedPod): Promise<void> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  try {
    await request("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

import type { SimulatedJob } from "./releases";
import { shuffled, waitingTime } from "./seed";

/** What a simulated pod of an index ends with, beside success. */
export interface IndexFaults {
  /** Indexes of red targets, as `indexKey`: exit code 1, whenever they run. */
  readonly red: ReadonlySet<string>;
  /** Indexes whose first pod ends with exit code 3 (infrastructure), and whose second succeeds. */
  readonly retried: ReadonlySet<string>;
}

/** How much goes wrong. */
export interface FaultRates {
  /** Share of indexes that hold a red target. */
  readonly red: number;
  /** Share of indexes whose first pod fails for reasons of its own. */
  readonly retried: number;
  /** Seconds between two kills of a control-plane process, on average, from the recovery of the last. */
  readonly secondsBetweenKills: number;
  /** Share of the nodes that the spot storm takes. */
  readonly nodesTaken: number;
}

/** A bad day. Spot capacity is seldom taken at this rate; a control plane dies this often only here. */
export const BAD_DAY: FaultRates = { red: 0.01, retried: 0.01, secondsBetweenKills: 20, nodesTaken: 0.25 };

/** Nothing goes wrong. */
export const NO_FAULTS: IndexFaults = { red: new Set(), retried: new Set() };

/** Names an index among all namespaces. */
export function indexKey(namespace: string, job: string, index: number | string): string {
  return `${namespace}/${job}/${index}`;
}

/** The indexes that fail, decided by the seed: in every Job with two indexes at least one is red and one is retried. */
export function indexFaults(
  namespace: string,
  jobs: readonly Pick<SimulatedJob, "name" | "indexes">[],
  rates: Pick<FaultRates, "red" | "retried">,
  seed: string,
): IndexFaults {
  const [red, retried] = [new Set<string>(), new Set<string>()];
  for (const { name, indexes } of jobs) {
    const keys = Array.from({ length: indexes }, (_, index) => indexKey(namespace, name, index));
    const order = shuffled(keys, seed, "index");
    const first = indexes < 2 ? 0 : Math.max(1, Math.round(rates.red * indexes));
    const second = indexes < 2 ? 0 : Math.max(1, Math.round(rates.retried * indexes));
    for (const key of order.slice(0, first)) red.add(key);
    for (const key of order.slice(first, first + second)) retried.add(key);
  }
  return { red, retried };
}

/** A process of the control plane. */
export type Victim = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

const VICTIMS: readonly Victim[] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** The kill of a place in the order of kills: each process once in every four, at random times. */
export function killAt(place: number, rates: FaultRates, seed: string): { victim: Victim; afterSeconds: number } {
  const round = shuffled(VICTIMS, seed, "victim", String(Math.floor(place / VICTIMS.length)));
  const victim = round[place % VICTIMS.length] ?? "etcd";
  return { victim, afterSeconds: waitingTime(rates.secondsBetweenKills, seed, "kill", place) };
}

/** Nodes that the spot storm takes: half with a notice, so that their pods are evicted; half without one. */
export function stormOn(
  nodes: readonly string[],
  rates: FaultRates,
  seed: string,
): { withNotice: string[]; without: string[] } {
  const count = Math.round(rates.nodesTaken * nodes.length);
  const taken = shuffled(nodes, seed, "storm").slice(0, count);
  const half = Math.ceil(count / 2);
  return { withNotice: taken.slice(0, half), without: taken.slice(half) };
}

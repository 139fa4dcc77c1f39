import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { NAME } from "../../local/directories";
import { ApiError, kubeRequest } from "../../local/node/api";
import { certificatesDigest } from "../../local/node/certificates";
import { ensureCredentials } from "../../local/node/credentials";
import { controlPlane, type ControlPlaneTools } from "../../local/node/control-plane";
import type { DaemonSpec } from "../../local/node/daemon";
import { type NodeLayout, paths } from "../../local/node/layout";
import { cpuSeconds, isAlive, readRecord, residentBytes, stopDaemon } from "../../local/node/process";
import { serves, supervise, within } from "../../local/node/supervise";
import type { BenchTools, Tools } from "../../local/toolbox/toolbox";
import type { Victim } from "./faults";

const name = `${NAME}-release-day`;

/** A control plane of its own, beside any farm. */
export const LAYOUT: NodeLayout = { name, state: join("/var/lib", name), run: join("/run", name) };

const at = paths(LAYOUT);

/** What decides how fast the control plane works off Jobs; where it is left out, the daemons' own defaults. */
export interface Settings {
  /** Requests a second of the scheduler and of each controller; bursts may be twice that. */
  readonly requestsPerSecond: number;
  /** Jobs that the Job controller works on at once. */
  readonly jobSyncs: number;
  /** Ended pods that are kept. */
  readonly endedPods: number;
}

/** Arguments by daemon. */
function daemonArguments(settings: Settings | undefined): Record<string, string[]> {
  // The simulated nodes have no pod network; with the farm's there would be addresses for one node.
  const noNetwork = ["--allocate-node-cidrs=false"];
  if (settings === undefined) return { "kube-controller-manager": noNetwork };
  const { requestsPerSecond, jobSyncs, endedPods } = settings;
  const rate = [`--kube-api-qps=${requestsPerSecond}`, `--kube-api-burst=${2 * requestsPerSecond}`];
  return {
    "kube-controller-manager": [
      ...noNetwork,
      ...rate,
      `--concurrent-job-syncs=${jobSyncs}`,
      `--terminated-pod-gc-threshold=${endedPods}`,
    ],
    "kube-scheduler": rate,
  };
}

/** KWOK plays kubelet on every node. It is the administrator, since it is all kubelets at once. */
function kwok(binary: string, config: string): DaemonSpec {
  const file = join(at.configuration, "kwok.yaml");
  return {
    name: "kwok",
    binary,
    args: [`--config=${file}`, `--kubeconfig=${at.kubeconfig}`, "--server-address=127.0.0.1:10247"],
    files: { [file]: config },
    ports: [10247],
    probe: { kind: "http", url: "http://127.0.0.1:10247/healthz", identity: "none" },
    needs: ["kube-apiserver"],
  };
}

/** Seconds that a killed process may take to end, and the rest to serve again after it does: few, but for a busy disk. */
const SERVES_SECONDS = 60;

/** Real etcd, API server, controller manager and scheduler, and KWOK in place of kubelets. */
export class SimulatedCluster {
  private specs: readonly DaemonSpec[] = [];
  private turn: Promise<void> = Promise.resolve();
  /** Processor seconds of processes that are no more. */
  private spent = 0;

  constructor(private readonly tools: Tools & BenchTools) {}

  /** Starts anew with an empty etcd. */
  async start(settings: Settings | undefined, kwokConfig: string): Promise<void> {
    await this.stop();
    this.spent = 0;
    rmSync(at.etcd, { recursive: true, force: true });
    await ensureCredentials(at);
    const programs: ControlPlaneTools = {
      etcd: this.tools.etcd.path,
      "kube-apiserver": this.tools["kube-apiserver"].path,
      "kube-controller-manager": this.tools["kube-controller-manager"].path,
      "kube-scheduler": this.tools["kube-scheduler"].path,
    };
    this.specs = [...controlPlane(programs, at, daemonArguments(settings)), kwok(this.tools.kwok.path, kwokConfig)];
    await this.ensure(this.specs.map(({ name }) => name));
  }

  async stop(): Promise<void> {
    for (const { name } of [...this.specs].reverse()) await stopDaemon(at.daemons, name);
  }

  /**
   * Kills a process without warning and starts it again; gives the seconds until all of the control plane serves.
   *
   * KWOK is started again after etcd and the API server: it drops a change whose connection broke (it tries again only
   * where a connection was refused), and no kubelet does that.
   */
  kill(victim: Victim): Promise<number> {
    return this.inTurn(async () => {
      const record = readRecord(at.daemons, victim);
      if (record === undefined || !isAlive(record)) throw new Error(`${victim} ended by itself; see ${at.logs}`);
      const started = Date.now();
      this.spent += cpuSeconds(record.pid);
      process.kill(record.pid, "SIGKILL");
      await within(SERVES_SECONDS, () => Promise.resolve(!isAlive(record)));
      await this.ensure([victim]);
      await within(SERVES_SECONDS, () => this.serves());
      const seconds = (Date.now() - started) / 1000;
      if (victim === "etcd" || victim === "kube-apiserver") await this.startKwokAnew();
      return seconds;
    });
  }

  /** Lets KWOK forget what it meant to do, so that nothing happens any more on nodes that are gone. */
  restartKwok(): Promise<void> {
    return this.inTurn(() => this.startKwokAnew());
  }

  /** Bytes of the API server in memory. */
  apiServerBytes(): number {
    const record = readRecord(at.daemons, "kube-apiserver");
    return record === undefined ? 0 : residentBytes(record.pid);
  }

  /** Seconds that the control plane and KWOK had of the processors since they started anew. */
  cpuSeconds(): number {
    return this.specs.reduce((sum, { name }) => sum + this.cpuOf(name), this.spent);
  }

  private cpuOf(name: string): number {
    const record = readRecord(at.daemons, name);
    return record === undefined || !isAlive(record) ? 0 : cpuSeconds(record.pid);
  }

  private async startKwokAnew(): Promise<void> {
    this.spent += this.cpuOf("kwok");
    await stopDaemon(at.daemons, "kwok");
    await this.ensure(["kwok"]);
  }

  private async serves(): Promise<boolean> {
    const all = await Promise.all(this.specs.map(({ probe }) => serves(probe, at)));
    return all.every(Boolean);
  }

  private async ensure(names: readonly string[]): Promise<void> {
    const specs = this.specs.filter(({ name }) => names.includes(name));
    await supervise(specs, at, certificatesDigest(at.certificates));
  }

  /** One change of the daemons at a time: two that start the same one would be in each other's way. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

/** Seconds that a request waits for an API server that is away. */
const PATIENCE_SECONDS = 120;

/** One request to the simulated cluster's API; tried again while its server is away. */
export async function request<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  for (const end = Date.now() + PATIENCE_SECONDS * 1000; ;) {
    try {
      return await kubeRequest<T>(method, path, body, at);
    } catch (error) {
      const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (refused || Date.now() > end) throw error;
      await sleep(250);
    }
  }
}

/** The same where the object may be there already, or be gone already: what was asked for holds either way. */
export async function requestOnce(method: "POST" | "DELETE", path: string, body?: unknown): Promise<void> {
  try {
    await request(method, path, body);
  } catch (error) {
    const already = error instanceof ApiError && error.status === (method === "POST" ? 409 : 404);
    if (!already) throw error;
  }
}

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { run } from "../run";
import { cgroupProcesses, removeCgroups } from "./cgroups";
import { FARM_LAYOUT, type NodeLayout, paths } from "./layout";
import { namespaceExists } from "./namespace";
import { stopDaemon } from "./process";
import { tracesElsewhere } from "./traces";

/** Daemons in the order in which they end: what starts pods first, what stores last. */
const ORDER = [
  "kubelet",
  "kube-router",
  "kube-proxy",
  "coredns",
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver",
  "etcd",
  "containerd",
];

/** What a stop removed. */
export interface Removed {
  readonly daemons: number;
  /** Of pods, and whatever else ran in the network namespace. */
  readonly processes: number;
  readonly mounts: number;
  readonly namespace: boolean;
  readonly data: boolean;
}

/**
 * Removes every process, mount, cgroup, interface and the network namespace of a node, and nothing else. Must run
 * outside that namespace.
 * @param purge removes the data too: etcd, volumes, images in containerd, Pulumi's state
 */
export async function stopNode(purge: boolean, layout: NodeLayout = FARM_LAYOUT): Promise<Removed> {
  const at = paths(layout);
  // Without our claim a namespace of that name is somebody else's.
  const claimed = existsSync(at.claim);
  const traces = tracesElsewhere(at);
  let daemons = 0;
  for (const name of ORDER) if (await stopDaemon(at.daemons, name)) daemons += 1;
  const processes = claimed ? await killAll(() => processesOf(layout)) : 0;
  const mounts = await unmountBelow([layout.run, layout.state]);
  const namespace = claimed && namespaceExists(layout);
  if (namespace) await run("ip", ["netns", "delete", layout.name]);
  else if (claimed) rmSync(at.networkNamespace, { force: true });
  if (claimed) removeCgroups(layout.name);
  for (const file of traces) rmSync(file, { force: true });
  rmSync(layout.run, { recursive: true, force: true });
  const data = purge && existsSync(layout.state);
  if (data) rmSync(layout.state, { recursive: true, force: true });
  return { daemons, processes, mounts, namespace, data };
}

/** Processes in the node's cgroups, and those whose network is the node's: the shims of containers. */
function processesOf(layout: NodeLayout): number[] {
  const pids = new Set(cgroupProcesses(layout.name));
  const { networkNamespace } = paths(layout);
  if (namespaceExists(layout)) {
    const { ino, dev } = statSync(networkNamespace);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const own = networkOf(pid);
      if (own?.ino === ino && own.dev === dev) pids.add(Number(pid));
    }
  }
  return [...pids];
}

function networkOf(pid: string): { ino: number; dev: number } | undefined {
  try {
    return statSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Kills until none is left; what is killed may have started more. */
async function killAll(list: () => number[]): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < 100; round++) {
    const pids = list();
    if (pids.length === 0) break;
    for (const pid of pids) {
      killed.add(pid);
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    await sleep(100);
  }
  return killed.size;
}

/** Unmounts everything below some directories, the deepest and latest first. */
async function unmountBelow(directories: readonly string[]): Promise<number> {
  const targets = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((target) => directories.some((directory) => target.startsWith(`${directory}/`)));
  for (const target of targets.reverse()) await run("umount", ["--lazy", target]);
  return targets.length;
}

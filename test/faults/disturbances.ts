import { closeSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { kubeRequest } from "../../local/node/api";
import { FARM_LAYOUT, paths } from "../../local/node/layout";
import { isAlive, readRecord } from "../../local/node/process";
import { run } from "../../local/run";
import { farm, pidsOf } from "../farm/cluster";
import { CAS_FILES, chunksWritten, flipBit, MIB, SHARDS } from "./blocks";

/** Something that goes wrong while a build runs. */
export interface Disturbance {
  readonly name: string;
  /** Does it; gives how many things it did it to. */
  readonly inject: () => Promise<number>;
  /** Puts right what does not heal by itself. @default nothing */
  readonly repair?: () => Promise<void>;
  /** Only where it is asked for: it takes long, or changes the machine. @default always */
  readonly only?: "long" | "clock";
}

const PODS = "/api/v1/namespaces/monofarm/pods";

/** Kills processes without warning. */
function kill(program: string, argument?: string, most = Infinity): Promise<number> {
  const victims = pidsOf(program, argument).slice(0, most);
  for (const pid of victims) process.kill(pid, "SIGKILL");
  return Promise.resolve(victims.length);
}

async function podsOf(part: string): Promise<{ readonly name: string; readonly address: string }[]> {
  type Pods = { readonly items: { readonly metadata: { name: string }; readonly status: { podIP?: string } }[] };
  const { items } = await kubeRequest<Pods>("GET", `${PODS}?labelSelector=app.kubernetes.io%2Fname%3D${part}`);
  return items.map(({ metadata, status }) => ({ name: metadata.name, address: status.podIP ?? "" }));
}

async function deletePods(part: string, seconds?: number): Promise<number> {
  const pods = await podsOf(part);
  const query = seconds === undefined ? "" : `?gracePeriodSeconds=${seconds}`;
  for (const { name } of pods) await kubeRequest("DELETE", `${PODS}/${name}${query}`);
  return pods.length;
}

/** A shard's disk is gone: its pod comes back with an empty one. */
async function loseDisk(): Promise<number> {
  const [, volume = ""] = SHARDS;
  for (const name of readdirSync(volume)) rmSync(join(volume, name), { recursive: true });
  await kubeRequest("DELETE", `${PODS}/storage-1?gracePeriodSeconds=0`);
  return 1;
}

/** Flips bits in what both shards' CAS hold, each in another place. */
function flipBits(count: number): Promise<number> {
  let flipped = 0;
  for (const path of CAS_FILES) {
    const file = openSync(path, "r+");
    const written = chunksWritten(file);
    for (let index = 0; index < count / 2 && written.length > 0; index++) {
      const chunk = written[Math.floor((index * written.length * 2) / count)] ?? 0;
      const at = chunk + Math.floor(Math.random() * MIB);
      flipBit(file, at, index % 8);
      flipped++;
    }
    closeSync(file);
  }
  return Promise.resolve(flipped);
}

/** Seconds for which the network is cut. */
const CUT_SECONDS = 15;

/** No packet comes or goes to a shard for a while. */
async function cutOff(part: string): Promise<number> {
  const pods = await podsOf(part);
  const { address } = pods.at(-1) ?? { address: "" };
  const rules = [
    ["FORWARD", "--source", address, "--jump", "DROP"],
    ["FORWARD", "--destination", address, "--jump", "DROP"],
  ];
  for (const rule of rules) await run("iptables", ["--insert", ...rule]);
  await sleep(CUT_SECONDS * 1000);
  for (const rule of rules) await run("iptables", ["--delete", ...rule]);
  return 1;
}

/** Seconds by which the clock jumps, and for which it stays wrong. */
const [JUMP_SECONDS, WRONG_SECONDS] = [600, 15];

/** The clock of the machine jumps, and after a while back. */
async function jumpClock(seconds: number): Promise<number> {
  const jump = (by: number) => run("date", ["--set", `${by} seconds`]);
  await jump(seconds);
  await sleep(WRONG_SECONDS * 1000);
  await jump(-seconds);
  return 2;
}

/** Kills a daemon of the node. */
function killDaemon(name: string): Promise<number> {
  const record = readRecord(paths(FARM_LAYOUT).daemons, name);
  if (record === undefined || !isAlive(record)) throw new Error(`${name} does not run`);
  process.kill(record.pid, "SIGKILL");
  return Promise.resolve(1);
}

/** The same command that starts a farm repairs one. */
async function up(): Promise<void> {
  const { code, stderr } = await farm("up", "--no-release");
  if (code !== 0) throw new Error(`./farm up ended with ${code}: ${stderr}`);
}

const storage = (signal: string) => `storage shards, ${signal}`;

/** All that goes wrong, in this order. */
export const DISTURBANCES: readonly Disturbance[] = [
  { name: "worker, SIGKILL", inject: () => kill("/usr/local/bin/bb_worker") },
  { name: "runner, SIGKILL, its action with it", inject: () => kill("/bb/bb_runner") },
  { name: "worker, told to stop: it drains", inject: () => deletePods("worker") },
  { name: "worker's pod, gone at once", inject: () => deletePods("worker", 0), only: "long" },
  { name: "frontend, SIGKILL", inject: () => kill("/usr/local/bin/bb_storage", "/config/frontend.json") },
  { name: "scheduler, SIGKILL: its queue is gone", inject: () => kill("/usr/local/bin/bb_scheduler") },
  {
    name: storage("SIGKILL, one"),
    inject: () => kill("/usr/local/bin/bb_storage", "/config/storage.json", 1),
    only: "long",
  },
  { name: storage("SIGKILL, all"), inject: () => kill("/usr/local/bin/bb_storage", "/config/storage.json") },
  { name: storage("one without its disk"), inject: loseDisk },
  { name: "100 bits flipped in the CAS", inject: () => flipBits(100) },
  { name: `network to a shard cut for ${CUT_SECONDS} s`, inject: () => cutOff("storage") },
  { name: `network to the scheduler cut for ${CUT_SECONDS} s`, inject: () => cutOff("scheduler"), only: "long" },
  { name: "client's pod, gone at once", inject: deleteClients },
  { name: "clock 10 minutes ahead, then right", inject: () => jumpClock(JUMP_SECONDS), only: "clock" },
  { name: "clock 10 minutes late, then right", inject: () => jumpClock(-JUMP_SECONDS), only: "clock" },
  ...["kubelet", "kube-apiserver", "etcd"].map((daemon) => ({
    name: `${daemon}, SIGKILL`,
    inject: () => killDaemon(daemon),
    repair: up,
    ...(daemon !== "kube-apiserver" && { only: "long" as const }),
  })),
];

/** The pods in which Bazel runs. */
async function deleteClients(): Promise<number> {
  type Pods = { readonly items: { readonly metadata: { name: string }; readonly status: { phase: string } }[] };
  const path = "/api/v1/namespaces/monofarm-release/pods";
  const { items } = await kubeRequest<Pods>("GET", path);
  const running = items.filter(({ status }) => status.phase === "Running");
  for (const { metadata } of running) await kubeRequest("DELETE", `${path}/${metadata.name}?gracePeriodSeconds=0`);
  return running.length;
}

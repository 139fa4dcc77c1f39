import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../../components/user-error";
import { kubeRequest } from "../node/api";
import { insideNamespace } from "../node/namespace";
import { nodeStatus } from "../node/node";
import { alertsNow, type Queue, queueNow } from "../release/queue";
import { releaseStatus } from "../release/release";
import { summary } from "../release/report";
import { paint } from "../terminal/colour";
import { duration } from "../terminal/progress";
import { table } from "../terminal/table";
import { presentTools, type Tools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm status [--watch | --json]

One screen: the node's daemons, its pods, the queue of actions, alerts, the last release. The exit code is 1 where a daemon
does not serve.

  --watch   look again every 2 seconds, until Ctrl-C
  --json    the same as data
`;

interface Pods {
  readonly items: readonly {
    readonly metadata: {
      readonly namespace: string;
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly status: {
      readonly phase: string;
      readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
    };
  }[];
}

export const command: Command = {
  usage,
  onMachine: true,
  inNamespace: true,
  run: async (args) => {
    const { values } = options("./farm status", args, {
      json: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
    });
    if (values.json && values.watch) throw new UserError("./farm status", "--json and --watch", "one of them");
    if (!insideNamespace()) throw new UserError("./farm status", "no farm that runs", "./farm up first");
    const tools = await presentTools();
    for (;;) {
      const seen = await look(tools);
      const text = values.json ? `${JSON.stringify(facts(seen), null, 2)}\n` : screen(seen);
      process.stdout.write(values.watch && process.stdout.isTTY ? `${CLEAR}${text}` : text);
      if (!values.watch) return seen.daemons.every(({ serves }) => serves) ? 0 : 1;
      await sleep(WATCH_MS);
    }
  },
};

/** A terminal's own words for an empty screen, from its top. */
const CLEAR = "\x1b[H\x1b[2J";

/** Milliseconds between two looks. */
const WATCH_MS = 2000;

/** What one look at the farm saw. */
interface Seen {
  readonly daemons: Awaited<ReturnType<typeof nodeStatus>>["daemons"];
  readonly ready: boolean;
  readonly pods: Pods["items"];
  readonly queue: Queue | undefined;
  /** Undefined where no Prometheus answers. */
  readonly alerts: readonly string[] | undefined;
  readonly release: string | undefined;
}

async function look(tools: Tools): Promise<Seen> {
  const { daemons, ready } = await nodeStatus(tools);
  const isUp = daemons.some(({ name, serves }) => name === "kube-apiserver" && serves);
  const pods = isUp ? (await kubeRequest<Pods>("GET", "/api/v1/pods")).items : [];
  const queue = isUp ? await queueNow("monofarm") : undefined;
  const alerts = isUp ? await alertsNow("monofarm") : undefined;
  return { daemons, ready, pods, queue, alerts, release: await lastRelease(tools) };
}

function facts({ pods, ...seen }: Seen): object {
  return { ...seen, pods: pods.map(podFacts) };
}

function screen({ daemons, ready, pods, queue, alerts, release }: Seen): string {
  const actions = queue === undefined ? "no scheduler" : `${queue.running} running, ${queue.queued} queued`;
  const firing = alerts === undefined ? "nobody watches" : alerts.join(", ") || "none";
  return [
    tables(daemons, ready, pods),
    "",
    `Actions  ${actions}`,
    `Alerts   ${alerts !== undefined && alerts.length > 0 ? paint("red", firing) : firing}`,
    `Release  ${release ?? "none yet"}`,
    "",
  ].join("\n");
}

async function lastRelease(tools: Tools): Promise<string | undefined> {
  try {
    const { id, verdicts } = await releaseStatus(tools);
    return `${id}: ${summary(verdicts)}`;
  } catch {
    return undefined;
  }
}

function podFacts({ metadata, status }: Pods["items"][number]) {
  const containers = status.containerStatuses ?? [];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    phase: status.phase,
    ready: containers.filter((container) => container.ready).length,
    containers: containers.length,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    emulated: metadata.labels?.["farm.build/emulated"] === "true",
  };
}

function tables(daemons: Seen["daemons"], ready: boolean, pods: Seen["pods"]): string {
  const age = (since: string | undefined) =>
    since === undefined ? "" : duration((Date.now() - Date.parse(since)) / 1000);
  const state = (good: boolean, yes: string, no: string) => (good ? paint("green", yes) : paint("red", no));
  const daemonRows = daemons.map(({ name, pid, serves, since, residentBytes }) => [
    name,
    state(serves, "serves", pid === undefined ? "not running" : "no answer"),
    String(pid ?? ""),
    age(since),
    `${Math.round(residentBytes / 2 ** 20)} MiB`,
  ]);
  const podRows = pods
    .map(podFacts)
    .map((pod) => [
      pod.namespace,
      pod.name + (pod.emulated ? " (emulated)" : ""),
      state(pod.phase === "Running" || pod.phase === "Succeeded", pod.phase, pod.phase),
      `${pod.ready}/${pod.containers}`,
      String(pod.restarts),
    ]);
  const right = { align: "right" as const };
  const total = daemons.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  return [
    `Node farm: ${state(ready, "Ready", "not Ready")}, daemons in ${Math.round(total / 2 ** 20)} MiB`,
    "",
    table(
      [
        { heading: "DAEMON" },
        { heading: "STATE" },
        { heading: "PID", ...right },
        { heading: "UP", ...right },
        { heading: "MEMORY", ...right },
      ],
      daemonRows,
    ),
    "",
    table(
      [
        { heading: "NAMESPACE" },
        { heading: "POD" },
        { heading: "PHASE" },
        { heading: "READY" },
        { heading: "RESTARTS", ...right },
      ],
      podRows,
    ),
  ].join("\n");
}

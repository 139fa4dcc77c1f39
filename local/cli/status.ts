import { UserError } from "../../components/user-error";
import { kubeRequest } from "../node/api";
import { insideNamespace } from "../node/namespace";
import { nodeStatus } from "../node/node";
import { queueNow } from "../release/queue";
import { releaseStatus } from "../release/release";
import { summary } from "../release/report";
import { paint } from "../terminal/colour";
import { duration } from "../terminal/progress";
import { table } from "../terminal/table";
import { presentTools, type Tools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm status [--json]

One screen: the node's daemons, its pods, the queue of actions, the last release. The exit code is 1 where a daemon
does not serve.
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
    const { values } = options("./farm status", args, { json: { type: "boolean", default: false } });
    if (!insideNamespace()) throw new UserError("./farm status", "no farm that runs", "./farm up first");
    const tools = await presentTools();
    const { daemons, ready } = await nodeStatus(tools);
    const isUp = daemons.some(({ name, serves }) => name === "kube-apiserver" && serves);
    const pods = isUp ? (await kubeRequest<Pods>("GET", "/api/v1/pods")).items : [];
    const queue = isUp ? await queueNow("monofarm") : undefined;
    const release = await lastRelease(tools);
    if (values.json) {
      process.stdout.write(
        `${JSON.stringify({ daemons, ready, pods: pods.map(podFacts), queue, release }, null, 2)}\n`,
      );
    } else {
      process.stdout.write(`${screen(daemons, ready, pods)}\n\n`);
      process.stdout.write(
        queue ? `Actions  ${queue.running} running, ${queue.queued} queued\n` : "Actions  no scheduler\n",
      );
      process.stdout.write(`Release  ${release ?? "none yet"}\n`);
    }
    return daemons.every(({ serves }) => serves) ? 0 : 1;
  },
};

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

function screen(
  daemons: Awaited<ReturnType<typeof nodeStatus>>["daemons"],
  ready: boolean,
  pods: Pods["items"],
): string {
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

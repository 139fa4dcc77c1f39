import type { Progress } from "../terminal/progress";
import type { Tools } from "../toolbox/toolbox";
import { kubeRequest } from "./api";
import { ensureCgroups } from "./cgroups";
import { certificatesDigest } from "./certificates";
import { ensureCredentials } from "./credentials";
import { CLUSTER_OBJECTS } from "./cluster-objects";
import type { ContainerPrograms } from "./container-runtime";
import { NODE_TOOLS, type NodeTools } from "./daemon";
import { hostProgram } from "./machine";
import { FARM_LAYOUT, NODE_NAME, paths } from "./layout";
import { controlPlane } from "./control-plane";
import { isAlive, readRecord, residentBytes } from "./process";
import { daemonSpecs } from "./specs";
import { serves, supervise, within } from "./supervise";

/** What the package containerd and its companions bring. */
function containerPrograms(): ContainerPrograms {
  return { containerd: hostProgram("containerd"), runc: hostProgram("runc"), cniPlugins: "/usr/lib/cni" };
}

/** Seconds until a started kubelet has registered its node and the node is Ready. */
const READY_SECONDS = 90;

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Brings the node to what it should be, from inside its network namespace; run again it repairs what died and leaves
 * the rest alone.
 * @param sandboxImage by digest; must be among what `importImages` gives containerd
 * @param importImages called as soon as containerd answers, given its socket
 * @returns names of the daemons that were started
 */
export async function ensureNode(
  tools: Tools,
  sandboxImage: string,
  importImages: (socket: string) => Promise<void>,
  progress: Progress,
): Promise<string[]> {
  const at = paths(FARM_LAYOUT);
  await ensureCredentials(at);
  ensureCgroups(FARM_LAYOUT.name);
  const started = await progress.task("Start the node", 20, async (report) => {
    const specs = daemonSpecs({
      layout: FARM_LAYOUT,
      tools: nodeTools(tools),
      programs: containerPrograms(),
      sandboxImage,
    });
    const names = await supervise(specs, at, certificatesDigest(at.certificates), {
      "kube-apiserver": async () => {
        report.note("(API server serves)");
        await applyClusterObjects();
      },
      kubelet: async () => {
        if (await within(READY_SECONDS, nodeIsReady)) return;
        throw new Error(`node ${NODE_NAME} is not Ready after ${READY_SECONDS} s`);
      },
    });
    report.note(names.length === 0 ? "(nothing to do)" : `(${names.join(", ")})`);
    return names;
  });
  await importImages(at.containerdSocket);
  return started;
}

/** Starts again what of the control plane is not as it should be, such as after a change of its keys; gives the names. */
export function ensureControlPlane(tools: Tools): Promise<string[]> {
  const at = paths(FARM_LAYOUT);
  return supervise(controlPlane(nodeTools(tools), at), at, certificatesDigest(at.certificates));
}

function nodeTools(tools: Tools): NodeTools {
  return Object.fromEntries(NODE_TOOLS.map((name) => [name, tools[name].path])) as NodeTools;
}

/** The namespaces of Kubernetes itself come a moment after its API server: objects in them are tried until they do. */
async function applyClusterObjects(): Promise<void> {
  for (const { path, body } of CLUSTER_OBJECTS) {
    let refusal: unknown;
    const applied = await within(30, async () => {
      try {
        await kubeRequest("PATCH", path, body);
        return true;
      } catch (error) {
        refusal = error;
        return false;
      }
    });
    if (!applied) throw refusal;
  }
}

async function nodeIsReady(): Promise<boolean> {
  try {
    const node = await kubeRequest<NodeObject>("GET", `/api/v1/nodes/${NODE_NAME}`);
    return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  } catch {
    return false;
  }
}

/** One daemon, as `./farm status` shows it. */
export interface DaemonStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly serves: boolean;
  /** ISO 8601. */
  readonly since: string | undefined;
  readonly residentBytes: number;
}

/** What runs of the node. Call it from inside the network namespace. */
export async function nodeStatus(tools: Tools): Promise<{ daemons: DaemonStatus[]; ready: boolean }> {
  const at = paths(FARM_LAYOUT);
  const specs = daemonSpecs({
    layout: FARM_LAYOUT,
    tools: nodeTools(tools),
    programs: containerPrograms(),
    sandboxImage: "",
  });
  const daemons = specs.map(async ({ name, probe }) => {
    const record = readRecord(at.daemons, name);
    if (record === undefined || !isAlive(record)) {
      return { name, pid: undefined, serves: false, since: undefined, residentBytes: 0 };
    }
    const { pid, since } = record;
    return { name, pid, since, serves: await serves(probe, at), residentBytes: residentBytes(pid) };
  });
  return { daemons: await Promise.all(daemons), ready: await nodeIsReady() };
}

import type { Architecture } from "../../components/platform/platform";
import { within } from "../../local/node/supervise";
import { request, requestOnce } from "./cluster";
import { clientPool } from "./releases";

/** Simulated nodes of each architecture. */
const NODES_OF_ARCHITECTURE = 20;

/** What a node offers, as 32 cores of a memory-optimised type would: 64 clients of half a core. */
const CAPACITY = { cpu: "32", memory: "256Gi", "ephemeral-storage": "3Ti", pods: "110" } as const;

/** Seconds until the control plane has taken note of a new node, on a bad day. */
const READY_SECONDS = 120;

const ARCHITECTURES: readonly Architecture[] = ["amd64", "arm64"];

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly taints?: readonly unknown[] };
  }[];
}

function nodeObject(name: string, architecture: Architecture): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { ...clientPool(architecture), "kubernetes.io/os": "linux", "kubernetes.io/hostname": name },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    status: {
      capacity: CAPACITY,
      allocatable: CAPACITY,
      nodeInfo: {
        architecture,
        operatingSystem: "linux",
        kubeletVersion: "kwok",
        containerRuntimeVersion: "",
        kernelVersion: "",
        kubeProxyVersion: "",
        osImage: "",
        machineID: "",
        systemUUID: "",
        bootID: "",
      },
    },
  };
}

/** The first nodes, by name. */
export function firstNodes(): string[] {
  return ARCHITECTURES.flatMap((architecture) =>
    Array.from({ length: NODES_OF_ARCHITECTURE }, (_, i) => `${architecture}-${String(i).padStart(2, "0")}`),
  );
}

/** Makes nodes, whose names start with their architecture, and waits until pods can be put on them. */
export async function makeNodes(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const architecture = name.startsWith("arm64") ? "arm64" : "amd64";
    await requestOnce("POST", "/api/v1/nodes", nodeObject(name, architecture));
  }
  const wanted = new Set(names);
  const ready = await within(READY_SECONDS, async () => {
    const { items } = await request<Nodes>("GET", "/api/v1/nodes");
    return (
      items.filter(({ metadata, spec }) => wanted.has(metadata.name) && !spec.taints?.length).length === wanted.size
    );
  });
  if (!ready) throw new Error(`not every simulated node of ${names.join(", ")} is ready after ${READY_SECONDS} s`);
}

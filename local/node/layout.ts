import { join } from "node:path";
import { NAME, RUN, STATE } from "../directories";

/** The addresses of the farm: all of them inside its network namespace, so they meet nothing outside it. */
export const ADDRESSES = {
  /** The bridge's: the node, the API server, DNS and the pods' gateway. */
  node: "10.244.0.1",
  pods: "10.244.0.0/16",
  services: "10.96.0.0/16",
  /** First address of the service range: `kubernetes.default`. */
  kubernetesService: "10.96.0.1",
  dnsService: "10.96.0.10",
  clusterDomain: "cluster.local",
} as const;

/** Name of the one Kubernetes node. */
export const NODE_NAME = "farm";

/** Name of the bridge inside the namespace. */
export const BRIDGE = "farm0";

/** The API server, as clients inside the network namespace reach it. */
export const API_SERVER = `https://${ADDRESSES.node}:6443`;

/** Where a node keeps what, and what its network namespace and cgroup are called. Two layouts never meet. */
export interface NodeLayout {
  /** Name of the network namespace (`/run/netns/<name>`) and of the cgroup at the root of each hierarchy. */
  readonly name: string;
  /** Data that outlives a reboot. */
  readonly state: string;
  /** Sockets, namespaces, and what else a reboot may take. */
  readonly run: string;
}

/** The node of `./farm`. */
export const FARM_LAYOUT: NodeLayout = { name: NAME, state: STATE, run: RUN };

/** Every path of a node, by what it holds. */
export function paths(layout: NodeLayout) {
  const { name, state, run } = layout;
  return {
    /** For administrators, cluster-admin. */
    kubeconfig: join(state, "kubeconfig"),
    configuration: join(state, "node"),
    certificates: join(state, "node", "pki"),
    /** Keys that sign the tokens of service accounts. */
    signingKeys: join(state, "node", "signing-keys"),
    etcd: join(state, "etcd"),
    containerdRoot: join(state, "containerd"),
    containerdState: join(run, "containerd"),
    containerdSocket: join(run, "containerd", "containerd.sock"),
    kubelet: join(state, "kubelet"),
    logs: join(state, "logs"),
    podLogs: join(state, "logs", "pods"),
    networkNamespace: `/run/netns/${name}`,
    /** Present while the network namespace and cgroups of this name are this layout's own work. */
    claim: join(run, "claim"),
    /** A record for every daemon that was started. */
    daemons: join(run, "daemons"),
  };
}

/** What `paths` gives. */
export type NodePaths = ReturnType<typeof paths>;

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { NodePaths } from "./layout";

/** Where the CNI library remembers what it gave to which sandbox; containerd 1.6 lets nobody choose another place. */
const CNI_RESULTS = "/var/lib/cni/results";

/** Files that a node's containerd leaves outside the node's folders: sockets of shims, and what CNI remembers. */
export function tracesElsewhere(at: NodePaths): string[] {
  const tasks = join(at.containerdState, "io.containerd.runtime.v2.task", "k8s.io");
  const sockets = entries(tasks)
    .map((id) => join(tasks, id, "address"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8").trim().replace("unix://", ""));
  const sandboxes = new Set(entries(join(at.containerdRoot, "io.containerd.grpc.v1.cri", "sandboxes")));
  const results = entries(CNI_RESULTS)
    .filter((name) => sandboxes.has(/-([0-9a-f]{64})-[^-]+$/.exec(name)?.[1] ?? ""))
    .map((name) => join(CNI_RESULTS, name));
  return [...sockets, ...results];
}

function entries(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

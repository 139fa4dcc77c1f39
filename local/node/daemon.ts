import { createHash } from "node:crypto";
import { statSync } from "node:fs";

/** Programs that a node runs and the toolbox gives. */
export const NODE_TOOLS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kube-router",
  "coredns",
] as const;

/** Absolute paths of the programs, by name. */
export type NodeTools = Readonly<Record<(typeof NODE_TOOLS)[number], string>>;

/** How to see that a daemon serves. */
export type Probe =
  /** 200 on GET from inside the network namespace; `admin` presents the administrator's certificate. */
  | { readonly kind: "http"; readonly url: string; readonly identity: "none" | "admin" }
  /** A socket that accepts connections. */
  | { readonly kind: "socket"; readonly path: string };

/** One long-running program of the node. */
export interface DaemonSpec {
  readonly name: string;
  /** Absolute path. */
  readonly binary: string;
  readonly args: readonly string[];
  /** Configuration files by path, written before the start. */
  readonly files: Readonly<Record<string, string>>;
  /** TCP ports that it listens on inside the network namespace. */
  readonly ports: readonly number[];
  readonly probe: Probe;
  /** Daemons that must serve before this one starts. */
  readonly needs: readonly string[];
}

/** What a daemon's identity depends on besides its spec. */
export interface BinaryFacts {
  readonly bytes: number;
  readonly modified: number;
}

/** Size and modification time of a binary: enough to tell that it was built again. */
export function binaryFacts(path: string): BinaryFacts {
  const { size, mtimeMs } = statSync(path);
  return { bytes: size, modified: Math.floor(mtimeMs) };
}

/**
 * A short hash that changes when arguments, files or the binary change.
 * @param credentials digest of the certificates: all daemons read some of them
 */
export function specHash(spec: DaemonSpec, binary: BinaryFacts, credentials: string): string {
  const { binary: path, args, files } = spec;
  return createHash("sha256")
    .update(JSON.stringify([path, args, files, binary, credentials]))
    .digest("hex")
    .slice(0, 16);
}

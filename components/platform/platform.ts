import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { UserError } from "../user-error";

/** A CPU architecture, by its Kubernetes name (`kubernetes.io/arch`) and BuildBarn `Arch` property. */
export type Architecture = "amd64" | "arm64";

/** What a set of nodes is for. */
export type PoolRole = "system" | "storage" | "worker" | "client" | "verify";

/** Where pods of one role and architecture run. */
export interface NodePool {
  readonly role: PoolRole;
  readonly architecture: Architecture;
  /** True where the architecture is emulated (qemu-user): fit for tests, never for a release. */
  readonly emulated: boolean;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly { key: string; operator: string; value?: string; effect?: string }[];
}

/**
 * Where a farm stands. Every platform (a cluster that exists, AWS) gives this, and nothing downstream asks which.
 */
export interface Platform {
  /** The one Kubernetes provider that every object of the farm uses. */
  readonly provider: kubernetes.Provider;
  readonly pools: readonly NodePool[];
  /** Who signs the cluster's service account tokens, as they say it: `iss`. */
  readonly tokenIssuer: pulumi.Input<string>;
  /** StorageClass of persistent volumes; undefined takes the cluster's default. */
  readonly storageClassName: pulumi.Input<string> | undefined;
  /** What persistent volume claims must wait for. */
  readonly volumes: readonly pulumi.Resource[];
}

/** Pods that answer for names. */
export interface DnsPods {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Those of a cluster by kubeadm, of EKS and of most others. */
export const KUBE_DNS: DnsPods = { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } };

/** What the farm's pods may reach beside each other. */
export interface Egress {
  /** Undefined where names are answered outside of pods, at whatever address: port 53 is then open. */
  readonly dns?: DnsPods;
  /** Outside the cluster, for the pods of releases: where objects are kept, and who vouches for the pods there. */
  readonly services?: readonly { readonly cidrs: readonly string[]; readonly port: number }[];
}

/** Architectures of the farm's own parts, which run on either: the cheaper one first. */
const EITHER: readonly Architecture[] = ["arm64", "amd64"];

/** The pool for a role on whichever architecture the platform has, or on one; undefined when it has none. */
export function findPool(
  platform: Pick<Platform, "pools">,
  role: PoolRole,
  architecture?: Architecture,
): NodePool | undefined {
  const wanted = architecture === undefined ? EITHER : [architecture];
  return wanted.map((each) => poolFor(platform, role, each)).find((found) => found !== undefined);
}

/** The same where there must be one. @throws UserError when the platform has none */
export function neededPool(platform: Pick<Platform, "pools">, role: PoolRole, architecture?: Architecture): NodePool {
  const found = findPool(platform, role, architecture);
  if (found !== undefined) return found;
  throw new UserError(
    "monofarm:platform.pools",
    `no pool of role ${role}`,
    `one of ${architecture ?? "amd64 or arm64"}`,
  );
}

/** The pool for a role and architecture; undefined when the platform has none. */
export function poolFor(
  platform: Pick<Platform, "pools">,
  role: PoolRole,
  architecture: Architecture,
): NodePool | undefined {
  return platform.pools.find((pool) => pool.role === role && pool.architecture === architecture);
}

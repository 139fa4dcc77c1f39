import type { WorkerClass } from "../buildbarn/worker-class";
import type { Architecture } from "../platform/platform";
import type { ClassSize, CostClass } from "./cost";
import type { WorkingSet } from "./working-set";

/** What one pod of a Job asks of a node, in Kubernetes quantities. */
export interface PodResources {
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: string;
}

/** One Bazel invocation: the targets of one index of an Indexed Job. */
export interface ShardPlan {
  /** Names the shard across releases; its index is only its place in this Job. */
  readonly key: string;
  /** Bazel labels, sorted. */
  readonly labels: readonly string[];
  /** sha256 (64 hex digits) of every source archive that the labels need, sorted. */
  readonly sources: readonly string[];
  /** Estimated CPU-seconds on the workers. */
  readonly cpuSeconds: number;
}

/**
 * What Jobs do: `postgres` builds PostgreSQL and what is cut from it, `extensions` builds against it, `introspection`
 * configures only; `all` where one shard holds the whole release of an architecture.
 */
export type Stage = "postgres" | "extensions" | "introspection" | "all";

/** What targets that want the same of a worker come to. */
export interface WorkerDemand extends ClassSize {
  readonly workerClass: WorkerClass;
  /** Estimated CPU-seconds of all of them. */
  readonly cpuSeconds: number;
}

/** One Indexed Job: a stage of one architecture and cost class. */
export interface JobPlan {
  /** DNS label that carries the hash of the shard lists: the same matrix gives the same name. */
  readonly name: string;
  readonly stage: Stage;
  readonly architecture: Architecture;
  readonly costClass: CostClass;
  /** sha256 of the release's id and the Job's shard lists, in order. */
  readonly digest: string;
  readonly shards: readonly ShardPlan[];
  /** What its targets ask of the workers, widest first. */
  readonly demand: readonly WorkerDemand[];
  /** Pods at once. */
  readonly parallelism: number;
  readonly activeDeadlineSeconds: number;
  readonly backoffLimitPerIndex: number;
  readonly maxFailedIndexes: number;
  readonly resources: PodResources;
}

/** A release: what is built, in what pieces. */
export interface ReleasePlan {
  /** First 12 hex digits of the sha256 over every Job's shard lists and `inputs`. */
  readonly id: string;
  readonly jobs: readonly JobPlan[];
  /** What it writes to the farm's storage, all architectures together. */
  readonly workingSet: WorkingSet;
}

import { createHash } from "node:crypto";

import type { Architecture } from "../platform/platform";
import { UserError } from "../user-error";
import { type CostModel, costModel } from "./cost";
import { checkJobLimits, JOB_LIMITS } from "./job-limits";
import type { MatrixIndex } from "./matrix-index";
import { show } from "./mistakes";
import type { JobPlan, PodResources, ReleasePlan, ShardPlan } from "./plan";
import { LABEL } from "./result";
import { nearest, selectTargets } from "./select";
import { type ShardList, shardLists } from "./shard-lists";
import { listTargets, type Target } from "./targets";
import { workingSet } from "./working-set";

/** What to release, and how to cut it. */
export interface ReleaseRequest {
  readonly index: MatrixIndex;
  /** Label patterns (see `selectTargets`). @default every target that is not manual */
  readonly targets?: readonly string[];
  /** Option sets of PostgreSQL to build. @default all */
  readonly optionSets?: readonly string[];
  /** @default both */
  readonly architectures?: readonly Architecture[];
  /** @default `costModel()`, which is assumptions alone */
  readonly cost?: CostModel;
  /** CPU-seconds of a shard: what one Bazel client leads through the farm. @default 18000 (5 core-hours) */
  readonly shardCpuSeconds?: number;
  /** Most targets of a shard: what one Bazel client can analyse. @default 2000 */
  readonly shardTargets?: number;
  /** Pods at once in each Job. @default as many as it has shards, at most 500 */
  readonly parallelism?: number;
  /** Cores that build at once, for each architecture: what deadlines are made of. @default 64 */
  readonly cores?: Partial<Readonly<Record<Architecture, number>>>;
  /** How many times slower than the cost model's cores: an emulated architecture is about 10. @default 1 */
  readonly slowdown?: Partial<Readonly<Record<Architecture, number>>>;
  /** @default 0.5 CPU, memory and disk from the number of targets */
  readonly resources?: PodResources;
  /** What else decides what is built, such as the workspace's sha256 and the worker images: a change is a new release. */
  readonly inputs?: readonly string[];
  /** How messages name the request. @default "release" */
  readonly where?: string;
}

/** Times an index may fail for reasons that are not its targets' (a lost worker, a full disk). */
const BACKOFF_LIMIT_PER_INDEX = 3;

const ARCHITECTURES: readonly Architecture[] = ["amd64", "arm64"];

/**
 * Plans a release: which targets, in which shards, in which Jobs. Pure and deterministic, to the byte.
 * @throws UserError for an unknown target, option set or architecture, and for a plan that Kubernetes would refuse
 */
export function planRelease(request: ReleaseRequest): ReleasePlan {
  return planTargets(targetsOf(request), request);
}

/** What to release is decided; how to cut it is not. */
export type CutRequest = Omit<ReleaseRequest, "index" | "targets" | "optionSets">;

/**
 * Plans a release of these very targets.
 * @throws UserError for an unknown architecture, a label that no shard list may hold, and a plan that Kubernetes would refuse
 */
export function planTargets(targets: readonly Target[], request: CutRequest): ReleasePlan {
  const where = request.where ?? "release";
  const architectures = [...new Set(request.architectures ?? ARCHITECTURES)].sort();
  for (const architecture of architectures) {
    if (!ARCHITECTURES.includes(architecture)) {
      throw new UserError(`${where}: architectures`, architecture, ARCHITECTURES.join(", "));
    }
  }
  for (const { label } of targets) {
    if (!LABEL.test(label)) throw new UserError(`${where}: targets`, show(label), "a label without spaces");
  }
  const content = shardLists(targets, {
    cost: request.cost ?? costModel(),
    shardCpuSeconds: request.shardCpuSeconds ?? 18_000,
    shardTargets: request.shardTargets ?? 2000,
  });
  const id = sha256(
    ...(request.inputs ?? []).map((input) => `input ${input}`),
    ...architectures.flatMap((architecture) =>
      content.map(({ stage, digest }) => `${architecture} ${stage} ${digest}`),
    ),
  ).slice(0, 12);
  const jobs = architectures.flatMap((architecture) =>
    content.map((list) =>
      jobPlan(request, architecture, list, sha256(id, architecture, list.stage, list.costClass, list.digest)),
    ),
  );
  for (const job of jobs) checkJobLimits(job);
  return { id, jobs, workingSet: workingSet(targets, { builds: architectures.length }) };
}

/**
 * The targets that a request selects, by label.
 * @throws UserError for an unknown target or option set
 */
export function targetsOf(request: Pick<ReleaseRequest, "index" | "targets" | "optionSets" | "where">): Target[] {
  const where = request.where ?? "release";
  const all = listTargets(request.index);
  const wanted = request.optionSets;
  if (wanted === undefined) return selectTargets(all, request.targets ?? [], `${where}: targets`);
  const known = [...new Set(all.flatMap(({ kind, group }) => (kind === "postgres" ? [group.optionSet] : [])))];
  for (const set of wanted) {
    if (!known.includes(set)) throw new UserError(`${where}: option sets`, set, nearest(set, known).join(", "));
  }
  const inSets = all.filter(({ group }) => group.key === "" || wanted.includes(group.optionSet));
  return selectTargets(inSets, request.targets ?? [], `${where}: targets`);
}

function jobPlan(
  request: CutRequest,
  architecture: Architecture,
  { stage, costClass, shards, demand }: ShardList,
  digest: string,
): JobPlan {
  const parallelism = Math.min(shards.length, request.parallelism ?? 500);
  const cores = request.cores?.[architecture] ?? 64;
  const slowdown = request.slowdown?.[architecture] ?? 1;
  const cpuSeconds = shards.reduce((sum, shard) => sum + shard.cpuSeconds, 0);
  // Four times what all of it takes on the cores at hand, and never less than six hours.
  const deadline = Math.ceil((4 * slowdown * cpuSeconds) / cores);
  return {
    name: `${stage}-${architecture}-${costClass}-${digest.slice(0, 12)}`,
    stage,
    architecture,
    costClass,
    digest,
    shards,
    demand,
    parallelism,
    activeDeadlineSeconds: Math.min(JOB_LIMITS.activeDeadlineSeconds, Math.max(6 * 3600, deadline)),
    backoffLimitPerIndex: BACKOFF_LIMIT_PER_INDEX,
    // The verdict is in the results: a red index must not keep the others from being built.
    maxFailedIndexes: shards.length,
    resources: request.resources ?? clientResources(shards),
  };
}

/** A Bazel client: a JVM whose heap grows with the targets it analyses, and a disk for sources and results. */
function clientResources(shards: readonly ShardPlan[]): PodResources {
  const targets = shards.reduce((most, { labels }) => Math.max(most, labels.length), 0);
  const sources = shards.reduce((most, shard) => Math.max(most, shard.sources.length), 0);
  const memoryMiB = Math.ceil((1536 + 3 * targets) / 512) * 512;
  const diskGiB = Math.ceil(4 + sources * 0.05 + targets * 0.01);
  return { cpu: "500m", memory: `${memoryMiB}Mi`, ephemeralStorage: `${diskGiB}Gi` };
}

function sha256(...lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

import type { WorkerClass } from "../buildbarn/worker-class";
import type { Architecture } from "../platform/platform";
import { UserError } from "../user-error";
import type { MatrixIndex } from "./matrix-index";
import type { ReleasePlan } from "./plan";
import { planRelease } from "./plan-release";

/** What a farm has to build with. */
export interface FarmFacts {
  readonly workerImages: Partial<Readonly<Record<Architecture, string>>>;
  readonly clientImage: string;
  readonly pools: readonly {
    readonly architecture: Architecture;
    readonly workerClass: WorkerClass;
    readonly emulated: boolean;
    readonly concurrency: number;
  }[];
}

/** A release on a farm. */
export interface FarmRelease {
  readonly index: MatrixIndex;
  /** Label patterns; none means everything that is not manual. */
  readonly targets: readonly string[];
  readonly architectures: readonly Architecture[];
  /** Option sets of PostgreSQL. @default all that the index has */
  readonly optionSets?: readonly string[] | undefined;
  /** CPU-seconds of a shard. @default 18000 */
  readonly shardCpuSeconds?: number | undefined;
  /** Pods at once in each Job. @default as many as the farm has workers of one architecture, of both classes */
  readonly parallelism?: number | undefined;
  /** sha256 of the Bazel workspace. */
  readonly workspace: string;
}

/** How many times slower than a real core an emulated one is (qemu-user compiling C, measured about 10). */
const EMULATION = 10;

/** Cores that an action of a class has at hand for certain. */
const CORES_PER_WORKER: Readonly<Record<WorkerClass, number>> = { narrow: 1, wide: 2 };

/**
 * Plans a release for the workers that a farm has. Whoever plans the same release for the same farm gets the same plan.
 * @throws UserError for an architecture without workers, and whatever `planRelease` throws
 */
export function planFarmRelease(release: FarmRelease, farm: FarmFacts, where: string): ReleasePlan {
  for (const architecture of release.architectures) {
    if (farm.pools.some((pool) => pool.architecture === architecture)) continue;
    const allowed = [...new Set(farm.pools.map((pool) => pool.architecture))].join(", ");
    throw new UserError(`${where}: architectures`, architecture, `what the farm has workers for: ${allowed}`);
  }
  const pools = farm.pools.filter(({ architecture }) => release.architectures.includes(architecture));
  const byArchitecture = <T>(value: (its: typeof pools) => T) =>
    new Map(release.architectures.map((each) => [each, value(pools.filter((pool) => pool.architecture === each))]));
  const workers = byArchitecture((its) => its.reduce((sum, { concurrency }) => sum + concurrency, 0));
  const { optionSets, shardCpuSeconds } = release;
  return planRelease({
    index: release.index,
    targets: release.targets,
    architectures: release.architectures,
    ...(optionSets !== undefined && { optionSets }),
    ...(shardCpuSeconds !== undefined && { shardCpuSeconds }),
    parallelism: release.parallelism ?? Math.max(1, ...workers.values()),
    cores: Object.fromEntries(
      byArchitecture((its) =>
        its.reduce((sum, { workerClass, concurrency }) => sum + concurrency * CORES_PER_WORKER[workerClass], 0),
      ),
    ),
    slowdown: Object.fromEntries(byArchitecture((its) => (its.some(({ emulated }) => emulated) ? EMULATION : 1))),
    inputs: [release.workspace, farm.clientImage, ...Object.values(farm.workerImages)],
    where,
  });
}

import type { Architecture } from "../platform/platform";
import { UserError } from "../user-error";
import instanceTypes from "../../policies/data/instance-types.json";
import type { ReleasePlan, WorkerDemand } from "./plan";

/** An instance type of EC2 that a pool may have. */
export type InstanceType = keyof typeof instanceTypes.types;

/** What nodes and prices are made of. */
export interface CapacityAssumptions {
  /** Instance type of the workers. One CPU generation a pool, without SMT: a core is a core. */
  readonly workers: Readonly<Record<Architecture, InstanceType>>;
  /** Share of the workers' cores that build. */
  readonly utilisation: number;
  /** Spot's discount on the on-demand price: 50 to 70 % is usual, none is promised. */
  readonly spotDiscount: number;
  /** Share of work that is done again because spot nodes were taken away. */
  readonly spotWaste: number;
  /** What runs all month: instance type and count, as the pools of `stacks/Pulumi.aws.yaml` at their minimum. */
  readonly always: readonly { readonly role: string; readonly type: InstanceType; readonly count: number }[];
  /** USD an hour of an EKS control plane. */
  readonly controlPlane: number;
  readonly releasesPerMonth: number;
}

/** Estimates; prices are dated in `policies/data/instance-types.json`. */
export const ASSUMED_CAPACITY: CapacityAssumptions = {
  workers: { amd64: "c8a.4xlarge", arm64: "c8gd.4xlarge" },
  utilisation: 0.8,
  spotDiscount: 0.6,
  spotWaste: 0.03,
  always: [
    { role: "system", type: "m8g.large", count: 2 },
    { role: "storage", type: "m8g.2xlarge", count: 2 },
  ],
  controlPlane: 0.1,
  releasesPerMonth: 1,
};

const HOURS_PER_MONTH = 730;

/** Workers of one class, and how many of them a node holds. */
export interface ClassCapacity extends WorkerDemand {
  readonly perNode: number;
  /** Workers that finish in time, at the utilisation. */
  readonly count: number;
  /** Hours that nodes spend on them, at the utilisation. */
  readonly nodeHours: number;
  /** USD a release. */
  readonly onDemand: number;
  readonly spot: number;
}

/** The nodes of one architecture's workers. */
export interface PoolCapacity {
  readonly architecture: Architecture;
  readonly instanceType: InstanceType;
  readonly coreHours: number;
  /** Widest first. */
  readonly workers: readonly ClassCapacity[];
  readonly nodes: number;
  /** USD a release. */
  readonly onDemand: number;
  readonly spot: number;
}

/** What it takes to finish a release in some hours. */
export interface Capacity {
  readonly hours: number;
  readonly pools: readonly PoolCapacity[];
  /** USD of the workers of one release. */
  readonly release: { readonly onDemand: number; readonly spot: number };
  /** USD a month: the releases, and all that runs between them. */
  readonly month: { readonly onDemand: number; readonly spot: number };
  /** Each assumption in words. */
  readonly assumptions: readonly string[];
}

/** Price of an instance type, USD an hour, on demand. */
export function pricePerHour(type: InstanceType): number {
  return instanceTypes.types[type].usdPerHour;
}

/**
 * Nodes and prices to finish a release in `hours`, whole nodes. A node holds as many workers of a class as its cores and
 * its memory allow, whichever is less; hours = CPU-seconds / (3600 × cores of a worker × workers × utilisation).
 * @param hours above 0
 * @param releases that are built at once, such as one for each distribution
 * @default 1
 * @throws UserError for a target that no node of its pool can hold
 */
export function capacityFor(
  plan: ReleasePlan,
  hours: number,
  assumptions: CapacityAssumptions = ASSUMED_CAPACITY,
  releases = 1,
): Capacity {
  const architectures = [...new Set(plan.jobs.map(({ architecture }) => architecture))];
  const work = architectures.map((architecture): Work => {
    const jobs = plan.jobs.filter((job) => job.architecture === architecture);
    const demand = jobs.flatMap((job) => job.demand);
    return { architecture, demand: demand.map((one) => ({ ...one, cpuSeconds: releases * one.cpuSeconds })) };
  });
  return capacityForWork(work, hours, assumptions);
}

/** What workers of one architecture have to do. */
export interface Work {
  readonly architecture: Architecture;
  readonly demand: readonly WorkerDemand[];
}

/** The same for work of any kind. */
export function capacityForWork(
  work: readonly Work[],
  hours: number,
  assumptions: CapacityAssumptions = ASSUMED_CAPACITY,
): Capacity {
  const { releasesPerMonth } = assumptions;
  const pools = work.map((each): PoolCapacity => {
    const { architecture } = each;
    const instanceType = assumptions.workers[architecture];
    const workers = classes(each, instanceType, hours, assumptions);
    const nodeHours = sum(workers.map((worker) => worker.nodeHours));
    return {
      architecture,
      instanceType,
      coreHours: sum(workers.map(({ cpuSeconds }) => cpuSeconds)) / 3600,
      workers,
      nodes: Math.ceil(nodeHours / hours),
      onDemand: sum(workers.map((worker) => worker.onDemand)),
      spot: sum(workers.map((worker) => worker.spot)),
    };
  });
  const release = { onDemand: sum(pools.map((pool) => pool.onDemand)), spot: sum(pools.map((pool) => pool.spot)) };
  const standing =
    assumptions.controlPlane + sum(assumptions.always.map(({ type, count }) => count * pricePerHour(type)));
  const month = (price: number) => price * releasesPerMonth + standing * HOURS_PER_MONTH;
  return {
    hours,
    pools,
    release,
    month: { onDemand: month(release.onDemand), spot: month(release.spot) },
    assumptions: inWords(assumptions, standing),
  };
}

function classes(
  { architecture, demand }: Work,
  type: InstanceType,
  hours: number,
  { utilisation, spotDiscount, spotWaste }: CapacityAssumptions,
): ClassCapacity[] {
  const node = instanceTypes.types[type];
  return [...new Map(demand.map((one) => [one.workerClass, one])).values()]
    .sort((a, b) => b.cores - a.cores)
    .map(({ workerClass, cores, memoryGiB }) => {
      const its = demand.filter((one) => one.workerClass === workerClass);
      const cpuSeconds = sum(its.map((one) => one.cpuSeconds));
      const perNode = Math.min(Math.floor(node.cores / cores), Math.floor(node.memoryGiB / memoryGiB));
      if (perNode < 1) {
        const found = `${type} with ${node.cores} cores and ${node.memoryGiB} GiB`;
        throw new UserError(
          `workers of ${architecture}`,
          found,
          `a node of ${cores} cores and ${memoryGiB} GiB or more`,
        );
      }
      const workerHours = cpuSeconds / (3600 * cores * utilisation);
      // Nodes that are done early are given back: what is paid is the work, at the utilisation.
      const onDemand = (workerHours / perNode) * pricePerHour(type);
      return {
        workerClass,
        cores,
        memoryGiB,
        cpuSeconds,
        perNode,
        count: Math.ceil(workerHours / hours),
        nodeHours: workerHours / perNode,
        onDemand,
        spot: onDemand * (1 - spotDiscount) * (1 + spotWaste),
      };
    });
}

/** Estimated core-hours of a plan, of one architecture or all. */
export function coreHoursOf(plan: ReleasePlan, architecture?: Architecture): number {
  const jobs = plan.jobs.filter((job) => architecture === undefined || job.architecture === architecture);
  return sum(jobs.flatMap(({ shards }) => shards.map(({ cpuSeconds }) => cpuSeconds))) / 3600;
}

function inWords(assumptions: CapacityAssumptions, standing: number): string[] {
  const { utilisation, spotDiscount, spotWaste, always, controlPlane, releasesPerMonth } = assumptions;
  return [
    `prices: ${instanceTypes.source}`,
    "memory that an action may hold: components/matrix/cost.ts; a node that is full of memory has idle cores",
    `workers are busy ${percent(utilisation)} of the time they are paid for, and are given back when done`,
    `spot costs ${percent(spotDiscount)} less than on demand, and ${percent(spotWaste)} of the work is done twice`,
    `all month: ${always.map(({ role, type, count }) => `${role} ${count} × ${type}`).join(", ")}, EKS $${controlPlane.toFixed(2)} an hour; $${standing.toFixed(2)} an hour together, on demand`,
    `${releasesPerMonth} release${releasesPerMonth === 1 ? "" : "s"} of this size a month; volumes, buckets and traffic are not counted`,
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

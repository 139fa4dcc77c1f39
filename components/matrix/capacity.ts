import type { Architecture } from "../platform/platform";
import instanceTypes from "./data/instance-types.json";
import type { ReleasePlan } from "./plan";

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
  /** What runs all month: instance type and count. Two storage nodes mirror each other. */
  readonly always: readonly { readonly role: string; readonly type: InstanceType; readonly count: number }[];
  /** USD an hour of an EKS control plane. */
  readonly controlPlane: number;
  readonly releasesPerMonth: number;
}

/** Estimates; prices are dated in `data/instance-types.json`. */
export const ASSUMED_CAPACITY: CapacityAssumptions = {
  workers: { amd64: "c8a.4xlarge", arm64: "c8gd.4xlarge" },
  utilisation: 0.8,
  spotDiscount: 0.6,
  spotWaste: 0.03,
  always: [
    { role: "system", type: "m8g.large", count: 2 },
    { role: "storage", type: "i8g.2xlarge", count: 2 },
    { role: "client", type: "m8g.2xlarge", count: 1 },
  ],
  controlPlane: 0.1,
  releasesPerMonth: 1,
};

const HOURS_PER_MONTH = 730;

/** The nodes of one architecture's workers. */
export interface PoolCapacity {
  readonly architecture: Architecture;
  readonly instanceType: InstanceType;
  readonly coreHours: number;
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
 * Nodes and prices to finish a release in `hours`: cores = core-seconds / (hours × 3600 × utilisation), whole nodes.
 * @param hours above 0
 */
export function capacityFor(
  plan: ReleasePlan,
  hours: number,
  assumptions: CapacityAssumptions = ASSUMED_CAPACITY,
): Capacity {
  const { utilisation, spotDiscount, spotWaste, releasesPerMonth } = assumptions;
  const architectures = [...new Set(plan.jobs.map(({ architecture }) => architecture))];
  const pools = architectures.map((architecture): PoolCapacity => {
    const instanceType = assumptions.workers[architecture];
    const coreHours = coreHoursOf(plan, architecture);
    const nodes = Math.ceil(coreHours / (hours * utilisation * instanceTypes.types[instanceType].cores));
    // Nodes that are done early are given back: what is paid is the work, at the utilisation.
    const nodeHours = coreHours / (utilisation * instanceTypes.types[instanceType].cores);
    const onDemand = nodeHours * pricePerHour(instanceType);
    return {
      architecture,
      instanceType,
      coreHours,
      nodes,
      onDemand,
      spot: onDemand * (1 - spotDiscount) * (1 + spotWaste),
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

/** Estimated core-hours of a plan, of one architecture or all. */
export function coreHoursOf(plan: ReleasePlan, architecture?: Architecture): number {
  const jobs = plan.jobs.filter((job) => architecture === undefined || job.architecture === architecture);
  return sum(jobs.flatMap(({ shards }) => shards.map(({ cpuSeconds }) => cpuSeconds))) / 3600;
}

function inWords(assumptions: CapacityAssumptions, standing: number): string[] {
  const { utilisation, spotDiscount, spotWaste, always, controlPlane, releasesPerMonth } = assumptions;
  return [
    `prices: ${instanceTypes.source}`,
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

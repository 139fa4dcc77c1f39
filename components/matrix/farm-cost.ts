import { UserError } from "../user-error";
import { ASSUMED_CAPACITY, capacityFor, type InstanceType, pricePerHour } from "./capacity";
import instanceTypes from "../../policies/data/instance-types.json";
import type { ReleasePlan } from "./plan";

/** USD an hour of an interface endpoint in one zone, and of a NAT gateway (Amazon VPC's price page, us-east-1). */
const NETWORK_PRICES = { endpoint: 0.01, nat: 0.045 } as const;

/** What of a farm on AWS costs by the hour. */
export interface FarmParts {
  readonly pools: readonly {
    /** The dearest counts. */
    readonly instanceTypes: readonly string[];
    readonly minimum: number;
    readonly maximum: number;
  }[];
  readonly zones: number;
  /** Interface endpoints in each zone. */
  readonly endpoints: number;
  /** Whether each zone has a NAT gateway. */
  readonly nat: boolean;
}

/** What a farm on AWS costs while it stands; spot nodes at the price on demand. */
export interface FarmCost {
  /** With every pool at its minimum, and at its maximum; cents are the least. */
  readonly usdPerHour: { readonly idle: number; readonly most: number };
  /** Instance types that the table has no price for: they count as nothing. */
  readonly unpriced: readonly string[];
  /** The table of prices: its source, region and date. */
  readonly prices: string;
  readonly notCounted: string;
}

/** Adds up the control plane, nodes, endpoints and gateways of a farm. */
export function farmCost({ pools, zones, endpoints, nat }: FarmParts): FarmCost {
  const known = (type: string): type is InstanceType => Object.hasOwn(instanceTypes.types, type);
  const types = [...new Set(pools.flatMap((pool) => pool.instanceTypes))];
  const network = zones * (endpoints * NETWORK_PRICES.endpoint + (nat ? NETWORK_PRICES.nat : 0));
  const nodes = (size: "minimum" | "maximum") =>
    pools.reduce(
      (sum, pool) => sum + pool[size] * Math.max(0, ...pool.instanceTypes.filter(known).map(pricePerHour)),
      0,
    );
  const total = (size: "minimum" | "maximum") =>
    Math.round(100 * (ASSUMED_CAPACITY.controlPlane + network + nodes(size))) / 100;
  return {
    usdPerHour: { idle: total("minimum"), most: total("maximum") },
    unpriced: types.filter((type) => !known(type)),
    prices: instanceTypes.source,
    notCounted: "volumes, objects, logs, keys and traffic",
  };
}

/** What the workers of a release cost on AWS, built once, with nothing in the cache. */
export interface ReleaseCost {
  /** USD of the whole release, to cents. */
  readonly usdPerRelease: { readonly onDemand: number; readonly spot: number };
  /** The table of prices: its source, region and date. */
  readonly prices: string;
  /** Each assumption in words: costs of targets are among them. */
  readonly assumptions: readonly string[];
}

/** Hours in which a release is to be built; its price hardly depends on them. */
const HOURS = 8;

/** Prices a release; nothing where a target needs more than any node of the table has. */
export function releaseCost(plan: ReleasePlan): ReleaseCost | undefined {
  try {
    const { release, assumptions } = capacityFor(plan, HOURS);
    const cents = (usd: number) => Math.round(100 * usd) / 100;
    const usdPerRelease = { onDemand: cents(release.onDemand), spot: cents(release.spot) };
    return { usdPerRelease, prices: instanceTypes.source, assumptions };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What a subnet is for; only `system` may have a way out, and only `public` a way in. */
export type Tier = "worker" | "system" | "public";

/** A subnet to be made. */
export interface SubnetPlan {
  readonly tier: Tier;
  readonly zone: string;
  readonly cidr: string;
}

/** Bits of a tier's subnets beyond the network's own: with a /16 and four zones, 8190 workers' addresses a zone. */
const EXTRA_BITS: Readonly<Record<Tier, number>> = { worker: 3, system: 4, public: 8 };

/** Most zones that a network has room for: four eighths for workers, four sixteenths for the rest. */
export const MOST_ZONES = 4;

/**
 * Cuts a network into subnets, a tier after the other, none overlapping.
 * @param cidr IPv4 network, /16 to /20
 * @param zones one to four availability zones
 * @param nat whether public subnets are needed, for the NAT gateways in them
 */
export function planSubnets(cidr: string, zones: readonly string[], nat: boolean): SubnetPlan[] {
  const { first, bits } = parseCidr(cidr);
  const tiers: Tier[] = nat ? ["worker", "system", "public"] : ["worker", "system"];
  let next = first;
  return tiers.flatMap((tier) =>
    zones.map((zone) => {
      const prefix = bits + EXTRA_BITS[tier];
      const subnet = { tier, zone, cidr: `${address(next)}/${prefix}` };
      next += 2 ** (32 - prefix);
      return subnet;
    }),
  );
}

/** First address of a network as a number, and the bits of its prefix. */
export function parseCidr(cidr: string): { readonly first: number; readonly bits: number } {
  const [host = "", length = ""] = cidr.split("/");
  const first = host.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, bits: Number(length) };
}

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

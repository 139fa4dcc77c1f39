import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { MOST_ZONES, parseCidr, planSubnets } from "../../components/platform/aws/subnet-plan";

const ZONES = ["a", "b", "c", "d"].slice(0, MOST_ZONES);

/** First address of a network and the one after its last. */
function range(cidr: string): [number, number] {
  const { first, bits } = parseCidr(cidr);
  return [first, first + 2 ** (32 - bits)];
}

describe("the subnets of a network", () => {
  test("of two zones without NAT", () => {
    expect(planSubnets("10.40.0.0/16", ["a", "b"], false)).toEqual([
      { tier: "worker", zone: "a", cidr: "10.40.0.0/19" },
      { tier: "worker", zone: "b", cidr: "10.40.32.0/19" },
      { tier: "system", zone: "a", cidr: "10.40.64.0/20" },
      { tier: "system", zone: "b", cidr: "10.40.80.0/20" },
    ]);
  });

  test("lie within it, begin where their size allows, and never overlap; there is one a tier and zone", () => {
    const networks = fc.record({
      bits: fc.integer({ min: 16, max: 20 }),
      second: fc.integer({ min: 0, max: 255 }),
      third: fc.integer({ min: 0, max: 255 }),
      zones: fc.integer({ min: 1, max: MOST_ZONES }),
      nat: fc.boolean(),
    });
    fc.assert(
      fc.property(networks, ({ bits, second, third, zones, nat }) => {
        const size = 2 ** (24 - bits);
        const cidr = `10.${second}.${Math.floor(third / size) * size}.0/${bits}`.replace(/\.256\./, ".0.");
        const subnets = planSubnets(cidr, ZONES.slice(0, zones), nat);
        expect(new Set(subnets.map(({ tier, zone }) => `${tier} ${zone}`)).size).toBe(zones * (nat ? 3 : 2));
        const [first, end] = range(cidr);
        const ranges = subnets.map((subnet) => range(subnet.cidr)).sort(([a], [b]) => a - b);
        for (const [index, [from, to]] of ranges.entries()) {
          expect(from).toBeGreaterThanOrEqual(index === 0 ? first : (ranges[index - 1]?.[1] ?? 0));
          expect(to).toBeLessThanOrEqual(end);
          expect(from % (to - from)).toBe(0);
        }
      }),
    );
  });
});

import { describe, expect, test } from "vitest";

import { planPool, type PoolSpec } from "../../components/platform/aws/pool-plan";

const WORKER: PoolSpec = {
  role: "worker",
  architecture: "arm64",
  instanceTypes: ["c8gd.4xlarge", "c8g.4xlarge"],
  minimum: 0,
  maximum: 4,
  spot: true,
  diskGiB: 100,
  nvme: false,
};

describe("a pool of nodes", () => {
  test("says to nodes and pods alike what it is for", () => {
    expect(planPool(WORKER, "pools.0")).toMatchObject({
      name: "worker-arm64",
      amiType: "AL2023_ARM_64_STANDARD",
      labels: { "farm.build/role": "worker", "farm.build/cpu": "graviton4" },
      taints: [{ key: "farm.build/role", value: "worker", effect: "NO_SCHEDULE" }],
      pool: {
        nodeSelector: { "kubernetes.io/arch": "arm64", "farm.build/role": "worker" },
        tolerations: [{ key: "farm.build/role", operator: "Equal", value: "worker", effect: "NoSchedule" }],
      },
    });
    expect(planPool({ ...WORKER, architecture: "amd64", instanceTypes: ["c8a.4xlarge"] }, "").amiType).toBe(
      "AL2023_x86_64_STANDARD",
    );
  });

  test("of system nodes takes the cluster's own pods, which tolerate nothing", () => {
    const system = planPool({ ...WORKER, role: "system", spot: false, minimum: 2 }, "");
    expect([system.taints, system.pool.tolerations]).toEqual([[], []]);
  });

  test.each<[string, Partial<PoolSpec>, RegExp]>([
    [
      "instances of another architecture",
      { instanceTypes: ["c8a.4xlarge"] },
      /^p\.instanceTypes\.0: found c8a\.4xlarge/,
    ],
    ["the second of another", { instanceTypes: ["c8g.large", "c8a.large"] }, /^p\.instanceTypes\.1: found c8a\.large/],
    [
      "an unknown family",
      { instanceTypes: ["a1.large"] },
      /^p\.instanceTypes\.0: found a1\.large; allowed: arm64: a size of c7g/,
    ],
    ["a family named like a method", { instanceTypes: ["toString.large"] }, /found toString\.large/],
    ["two generations", { instanceTypes: ["c8g.large", "c7g.large"] }, /found graviton4 and graviton3/],
    ["spot nodes for storage", { role: "storage" }, /^p\.spot: found true; allowed: false for role storage/],
    [
      "disks that one of its instances has not",
      { nvme: true },
      /^p\.nvme: found true for c8g\.4xlarge; allowed: false, or sizes of c7gd/,
    ],
    ["workers that never go", { minimum: 1 }, /^p\.minimum: found 1; allowed: 0/],
    ["more at least than at most", { minimum: 5 }, /^p\.minimum: found 5; allowed: at most the maximum, 4/],
  ])("with %s is refused", (_, change, line) => {
    expect(() => planPool({ ...WORKER, ...change }, "p")).toThrow(line);
  });
});

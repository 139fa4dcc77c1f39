import { describe, expect, test } from "vitest";

import { planQuarter } from "../../bench/release-day/releases";
import { ASSUMED_CAPACITY, capacityFor, pricePerHour } from "../../components/matrix/capacity";
import instanceTypes from "../../components/matrix/data/instance-types.json";
import { AWS_PLACE } from "../../stacks/config/aws";
import { fits, STORAGE_KEY, storageWarnings } from "../../components/matrix/storage-plan";
import { storageDemand, storageSlice, workersSlice } from "../../stacks/config/farm";
import { ofType } from "../components/recorder";
import { awsValues } from "./aws-values";
import { declareFarm } from "./golden";

/** Hours in which a release of the quarter is to be done. */
const RELEASE_DAY_HOURS = 8;

/** Share of a node's memory that the hypervisor and the kernel take before Kubernetes counts (Karpenter's default). */
const VM_OVERHEAD = 0.075;

/**
 * What EKS's nodes keep from pods, 16 cores and 234 pods at most: 60, 10, 5, 5 and 12 × 2.5 millicores; 255 MiB and 11
 * a pod, and 100 MiB below which the kubelet evicts (awslabs/amazon-eks-ami, nodeadm's defaults).
 */
const RESERVED = { millicores: 110, mebibytes: 255 + 11 * 234 + 100 };

/** What the add-ons' own pods request on every node, rounded up. */
const DAEMONS = { millicores: 300, mebibytes: 512 };

const values = awsValues();
const place = AWS_PLACE.parse(values["monofarm:platform"]);
const workers = workersSlice.parse(values["monofarm:workers"]);
const plan = planQuarter();
const capacity = capacityFor(plan, RELEASE_DAY_HOURS);

const millicores = (quantity: string) => (quantity.endsWith("m") ? parseFloat(quantity) : parseFloat(quantity) * 1000);
const mebibytes = (quantity: string) => parseFloat(quantity) * (quantity.endsWith("Gi") ? 1024 : 1);

function sizeOf(architecture: "amd64" | "arm64") {
  const nodes = place.pools.find((pool) => pool.role === "worker" && pool.architecture === architecture);
  const pool = workers.pools.find((each) => each.architecture === architecture);
  const demand = capacity.pools.find((each) => each.architecture === architecture);
  if (nodes === undefined || pool === undefined || demand === undefined) throw new Error(`no ${architecture}`);
  return { nodes, pool, demand };
}

/** What a worker's pod requests: both of its containers. */
async function podRequests(architecture: "amd64" | "arm64") {
  const deployment = ofType(await declareFarm(values), "kubernetes:apps/v1:Deployment").get(`worker-${architecture}`);
  type Containers = { restartPolicy?: string; resources: { requests: { cpu: string; memory: string } } }[];
  const spec = (deployment?.["spec"] as { template: { spec: { initContainers: Containers; containers: Containers } } })
    .template.spec;
  const running = [
    ...spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always"),
    ...spec.containers,
  ];
  const sum = (amount: (requests: { cpu: string; memory: string }) => number) =>
    running.reduce((total, { resources }) => total + amount(resources.requests), 0);
  return { millicores: sum(({ cpu }) => millicores(cpu)), mebibytes: sum(({ memory }) => mebibytes(memory)) };
}

describe("the reference farm on a release day", () => {
  test("keeps all that the release writes to its storage", () => {
    const storage = storageDemand(storageSlice.parse(values["monofarm:storage"]));
    expect(storageWarnings(plan.workingSet, storage)).toEqual([]);
    for (const { releases } of fits(plan.workingSet, storage, STORAGE_KEY)) expect(releases).toBeGreaterThan(1);
  });

  test("has the quarter's release to build: 100,050 targets", () => {
    const targets = plan.jobs.flatMap(({ shards }) => shards.flatMap(({ labels }) => labels));
    expect(targets).toHaveLength(100_050);
  });

  describe.each(["amd64", "arm64"] as const)("of %s", (architecture) => {
    const { nodes, pool, demand } = sizeOf(architecture);

    test("may have the nodes that the planner asks for, of the kind that it plans with", () => {
      expect(nodes.instanceTypes).toEqual([ASSUMED_CAPACITY.workers[architecture]]);
      expect(nodes.maximum).toBeGreaterThanOrEqual(demand.nodes);
    });

    test("has workers enough, though each runs one action at a time", () => {
      const seconds = demand.workers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      const needed = Math.ceil(seconds / (3600 * RELEASE_DAY_HOURS * ASSUMED_CAPACITY.utilisation));
      expect(pool.replicas).toBeGreaterThanOrEqual(needed);
      expect(pool.replicas).toBeLessThan(1.1 * needed);
    });

    test("gives an action the memory that the largest may hold", () => {
      const largest = Math.max(...demand.workers.map(({ memoryGiB }) => memoryGiB));
      expect(mebibytes(pool.memory)).toBeGreaterThanOrEqual(1024 * largest);
    });

    test("has room for all workers on its nodes at most, and on no fewer", async () => {
      const node = instanceTypes.types[ASSUMED_CAPACITY.workers[architecture]];
      const pod = await podRequests(architecture);
      const perNode = Math.min(
        Math.floor((1000 * node.cores - RESERVED.millicores - DAEMONS.millicores) / pod.millicores),
        Math.floor(
          (1024 * node.memoryGiB * (1 - VM_OVERHEAD) - RESERVED.mebibytes - DAEMONS.mebibytes) / pod.mebibytes,
        ),
      );
      expect(nodes.maximum).toBe(Math.ceil(pool.replicas / perNode));
    });

    test("has room on a node's volume for the inputs that its workers keep", () => {
      const perNode = Math.ceil(pool.replicas / nodes.maximum);
      expect((perNode * pool.inputCacheMiB) / 2 ** 30).toBeLessThanOrEqual(0.5 * nodes.diskGiB);
    });
  });

  test("is priced in the dated table, every pool of it", () => {
    for (const { instanceTypes: types } of place.pools)
      for (const type of types) expect(pricePerHour(type as keyof typeof instanceTypes.types)).toBeGreaterThan(0);
  });
});

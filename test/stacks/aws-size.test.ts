import { describe, expect, test } from "vitest";

import { planQuarter } from "../../bench/release-day/releases";
import { type WorkerClass, WORKER_CLASSES, workersName } from "../../components/buildbarn/worker-class";
import { mostWorkers } from "../../components/buildbarn/workers";
import { ASSUMED_CAPACITY, capacityFor, pricePerHour } from "../../components/matrix/capacity";
import instanceTypes from "../../policies/data/instance-types.json";
import { AWS_PLACE } from "../../stacks/config/aws";
import { fits, STORAGE_KEY, storageWarnings } from "../../components/matrix/storage-plan";
import { workersSlice } from "../../stacks/config/farm";
import { storageDemand, storageSlice } from "../../stacks/config/storage";
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
  const demand = capacity.pools.find((each) => each.architecture === architecture);
  if (nodes === undefined || demand === undefined) throw new Error(`no ${architecture}`);
  return { nodes, demand };
}

function classOf(architecture: "amd64" | "arm64", workerClass: WorkerClass) {
  const pool = workers.pools.find((each) => each.architecture === architecture && each.class === workerClass);
  const demand = sizeOf(architecture).demand.workers.find((each) => each.workerClass === workerClass);
  if (pool === undefined || demand === undefined) throw new Error(`no ${architecture} ${workerClass}`);
  return { pool, demand };
}

/** What a worker's pod requests: both of its containers. */
async function podRequests(architecture: "amd64" | "arm64", workerClass: WorkerClass) {
  const deployments = ofType(await declareFarm(values), "kubernetes:apps/v1:Deployment");
  const deployment = deployments.get(workersName(architecture, workerClass));
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

/** Workers of a class that a node of its own holds. */
async function perNode(architecture: "amd64" | "arm64", workerClass: WorkerClass) {
  const node = instanceTypes.types[ASSUMED_CAPACITY.workers[architecture]];
  const pod = await podRequests(architecture, workerClass);
  return Math.min(
    Math.floor((1000 * node.cores - RESERVED.millicores - DAEMONS.millicores) / pod.millicores),
    Math.floor((1024 * node.memoryGiB * (1 - VM_OVERHEAD) - RESERVED.mebibytes - DAEMONS.mebibytes) / pod.mebibytes),
  );
}

test("between releases the reference farm has the nodes that a plan counts all month", () => {
  const standing = place.pools.filter(({ minimum }) => minimum > 0);
  const asPlanned = standing.map(({ role, instanceTypes: [type], minimum }) => ({ role, type, count: minimum }));
  expect(asPlanned).toEqual(ASSUMED_CAPACITY.always);
});

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
    const { nodes, demand } = sizeOf(architecture);

    test("may have the nodes that the planner asks for, of the kind that it plans with", () => {
      expect(nodes.instanceTypes).toEqual([ASSUMED_CAPACITY.workers[architecture]]);
      expect(nodes.maximum).toBeGreaterThanOrEqual(demand.nodes);
    });

    test.each(WORKER_CLASSES)("has %s workers enough, and few more", (workerClass) => {
      const { pool, demand: needed } = classOf(architecture, workerClass);
      expect(mostWorkers(pool)).toBeGreaterThanOrEqual(needed.count);
      expect(mostWorkers(pool)).toBeLessThan(1.1 * needed.count);
    });

    test.each(WORKER_CLASSES)("gives an action of a %s worker what it is planned with", async (workerClass) => {
      const { pool, demand: needed } = classOf(architecture, workerClass);
      expect(mebibytes(pool.memory)).toBeGreaterThanOrEqual(1024 * needed.memoryGiB);
      // As many cores as are planned are there where a node is full, but for what the node itself needs.
      const node = instanceTypes.types[ASSUMED_CAPACITY.workers[architecture]];
      expect(millicores(pool.cpu)).toBeGreaterThan(0.9 * 1000 * needed.cores);
      expect(await perNode(architecture, workerClass)).toBeGreaterThan((0.75 * node.cores) / needed.cores);
    });

    test("has room for all workers on its nodes at most, and on no fewer", async () => {
      let full = 0;
      for (const workerClass of WORKER_CLASSES) {
        const { pool } = classOf(architecture, workerClass);
        full += Math.ceil(mostWorkers(pool) / (await perNode(architecture, workerClass)));
      }
      expect(nodes.maximum).toBe(full);
    });

    test.each(WORKER_CLASSES)("has room on a node's volume for what %s workers keep", async (workerClass) => {
      const { pool } = classOf(architecture, workerClass);
      const kept = (await perNode(architecture, workerClass)) * pool.inputCacheMiB;
      expect(kept / 2 ** 30).toBeLessThanOrEqual(0.5 * nodes.diskGiB);
    });
  });

  test("is priced in the dated table, every pool of it", () => {
    for (const { instanceTypes: types } of place.pools)
      for (const type of types) expect(pricePerHour(type as keyof typeof instanceTypes.types)).toBeGreaterThan(0);
  });
});

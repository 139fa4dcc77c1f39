import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { difference } from "../../components/matrix/census";
import { costModel } from "../../components/matrix/cost";
import { jobLabels, jobSpec, type ReleasePods } from "../../components/matrix/job-spec";
import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { JobPlan, ReleasePlan } from "../../components/matrix/plan";
import { planRelease, targetsOf } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { listTargets } from "../../components/matrix/targets";
import type { Architecture } from "../../components/platform/platform";
import { FULL_MATRIX, matrixCosts, type MatrixSize, writeMatrix } from "../matrix-full-index";

/** A Job as the release program declares it, and what it stands for. */
export interface SimulatedJob {
  readonly name: string;
  readonly indexes: number;
  readonly targets: number;
  /** `batch/v1` Job but for its namespace: labels and spec of the real component. */
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JobBody;
}

/** What is read of a Job's spec here; all of it goes to the API server. */
export interface JobBody {
  readonly template: { readonly metadata: unknown; readonly spec: Readonly<Record<string, unknown>> };
}

/** A release to simulate. */
export interface SimulatedRelease {
  readonly targets: number;
  readonly indexes: number;
  readonly jobs: readonly SimulatedJob[];
}

/** The matrix before the newest quarter: every major has one minor less. */
function lastQuarter(size: MatrixSize): MatrixSize {
  return {
    ...size,
    minors: Object.fromEntries(Object.entries(size.minors).map(([major, minors]) => [major, minors - 1])),
  };
}

/**
 * Plans both releases as the farm would: what the newest quarter adds to the matrix, and all of it (1,200,600 targets).
 * @param shardCpuSeconds CPU-seconds of a shard; the planner's own default where it is left out
 */
export function planReleases(
  shardCpuSeconds?: number,
  size: MatrixSize = FULL_MATRIX,
): { quarter: SimulatedRelease; world: SimulatedRelease } {
  const index = indexOf(size);
  const request = requestOf(index, size, shardCpuSeconds);
  return {
    quarter: simulated(planRelease({ ...request, targets: newestQuarter(index, size), where: "quarter" })),
    world: simulated(planRelease({ ...request, where: "world" })),
  };
}

/** The release of the newest quarter alone: one minor of each major, 100,050 targets of the full matrix. */
export function planQuarter(size: MatrixSize = FULL_MATRIX): ReleasePlan {
  const index = indexOf(size);
  return planRelease({ ...requestOf(index, size), targets: newestQuarter(index, size), where: "quarter" });
}

function requestOf(index: MatrixIndex, size: MatrixSize, shardCpuSeconds?: number) {
  return { index, cost: costModel(matrixCosts(size)), ...(shardCpuSeconds !== undefined && { shardCpuSeconds }) };
}

function newestQuarter(index: MatrixIndex, size: MatrixSize): string[] {
  const before = listTargets(indexOf(lastQuarter(size)));
  const { added, changed } = difference(before, targetsOf({ index }), listTargets(index));
  return [...added, ...changed];
}

function indexOf(size: MatrixSize): MatrixIndex {
  const directory = mkdtempSync(join(tmpdir(), "monofarm-release-day-"));
  try {
    writeMatrix(directory, size);
    return readIndex(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function simulated(plan: ReleasePlan): SimulatedRelease {
  const jobs = plan.jobs.map((job) => ({
    name: job.name,
    indexes: job.shards.length,
    targets: job.shards.reduce((sum, { labels }) => sum + labels.length, 0),
    labels: jobLabels(plan.id, job),
    // Every input is a plain value here, so that the spec is plain too.
    spec: jobSpec(plan.id, job, podsOf(job)) as unknown as JobBody,
  }));
  const sum = (value: (job: SimulatedJob) => number) => jobs.reduce((total, job) => total + value(job), 0);
  return { targets: sum(({ targets }) => targets), indexes: sum(({ indexes }) => indexes), jobs };
}

/** Nodes that run the clients of an architecture's Jobs. */
export function clientPool(architecture: Architecture): Readonly<Record<string, string>> {
  return { "kubernetes.io/arch": architecture, "farm.build/role": "client" };
}

/** Nothing behind these names is ever reached: no container starts. Their length is a real one's. */
function podsOf({ architecture }: JobPlan): ReleasePods {
  const image = (name: string) => `monofarm.local/${name}@sha256:${"0".repeat(64)}`;
  return {
    image: image("client"),
    gatewayImage: image("client"),
    serviceAccount: "client",
    imagePullPolicy: "IfNotPresent",
    frontend: "grpc://frontend.monofarm:8980",
    s3: { endpoint: "http://s3.monofarm:7070", region: "us-east-1" },
    credentialsSecret: "s3-credentials",
    workerImages: { amd64: image("worker-amd64"), arm64: image("worker-arm64") },
    workerClasses: ["narrow", "wide"],
    // A pool for each architecture, so that nodes of both take part.
    pool: { nodeSelector: clientPool(architecture), tolerations: [] },
  };
}

import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";

import { jobLabels, jobSpec, type ReleasePods } from "../../components/matrix/job-spec";
import type { ReleasePlan } from "../../components/matrix/plan";
import { planRelease } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";

interface Registered {
  readonly type: string;
  readonly inputs: {
    readonly metadata?: { name: string; annotations: Record<string, string> };
    readonly spec?: unknown;
  };
}

const registered: Registered[] = [];

const release: ReleasePlan = planRelease({
  index: readIndex(join(__dirname, "data/monogres")),
  parallelism: 2,
});
const job = release.jobs.find(({ stage }) => stage === "postgres");
if (job === undefined) throw new Error("a plan without Jobs");

const pods: ReleasePods = {
  image: `monofarm.local/client@sha256:${"1".repeat(64)}`,
  gatewayImage: `monofarm.local/buildbarn@sha256:${"3".repeat(64)}`,
  serviceAccount: "client",
  imagePullPolicy: "Never",
  frontend: "grpc://frontend.monofarm:8980",
  s3: { endpoint: "http://s3.monofarm:7070", region: "us-east-1" },
  credentialsSecret: "artifacts",
  workerImages: { amd64: `monofarm.local/worker@sha256:${"2".repeat(64)}` },
  workerClasses: ["narrow", "wide"],
  emulated: ["arm64"],
  pool: {
    nodeSelector: { "farm.build/role": "client" },
    tolerations: [{ key: "farm.build/role", operator: "Exists" }],
  },
};

const spec = jobSpec(release.id, job, pods);
// The spec is plain data here, since no input was an Output.
const plain = JSON.parse(JSON.stringify(spec)) as {
  template: {
    spec: {
      containers: [{ env: { name: string; value?: string; valueFrom?: unknown }[] } & Record<string, unknown>];
    } & Record<string, unknown>;
  };
  podFailurePolicy: unknown;
} & Record<string, unknown>;
const [container] = plain.template.spec.containers;

describe("a release Job", () => {
  test("is Indexed, an index a shard, each retried on its own, and never vanishes by itself", () => {
    expect(plain).toMatchObject({
      completionMode: "Indexed",
      completions: job.shards.length,
      parallelism: 2,
      backoffLimitPerIndex: 3,
      maxFailedIndexes: job.shards.length,
      activeDeadlineSeconds: 21_600,
      podReplacementPolicy: "Failed",
    });
    expect(plain).not.toHaveProperty("ttlSecondsAfterFinished");
    expect(plain).not.toHaveProperty("backoffLimit");
  });

  test("ignores disruptions first, and gives an index up when its targets are red", () => {
    expect(plain.podFailurePolicy).toEqual({
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        { action: "FailIndex", onExitCodes: { containerName: "client", operator: "In", values: [1] } },
      ],
    });
    expect(plain.template.spec["restartPolicy"]).toBe("Never");
  });

  test("runs restricted, with a read-only root and three folders to write to", () => {
    expect(plain.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      nodeSelector: { "farm.build/role": "client" },
      tolerations: [{ key: "farm.build/role", operator: "Exists" }],
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      volumes: expect.arrayContaining(
        ["work", "tmp", "home"].map((name) => ({
          name,
          emptyDir: { sizeLimit: job.resources.ephemeralStorage },
        })),
      ) as unknown,
    });
    expect(container).toMatchObject({
      command: ["/usr/local/bin/node", "/opt/monofarm/run-shard.js"],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [
        { name: "work", mountPath: "/work" },
        { name: "tmp", mountPath: "/tmp" },
        { name: "home", mountPath: "/home/client" },
      ],
    });
    expect(container).toMatchObject({
      resources: {
        requests: { cpu: "500m", memory: job.resources.memory, "ephemeral-storage": job.resources.ephemeralStorage },
        limits: { memory: job.resources.memory, "ephemeral-storage": job.resources.ephemeralStorage },
      },
    });
  });

  test("has a token for the farm, which the gateway beside the client shows, and not the client", () => {
    expect(plain.template.spec).toMatchObject({
      serviceAccountName: "client",
      initContainers: [
        {
          name: "gateway",
          restartPolicy: "Always",
          volumeMounts: [
            { name: "config", mountPath: "/config", readOnly: true },
            { name: "tokens", mountPath: "/tokens", readOnly: true },
          ],
        },
      ],
      volumes: expect.arrayContaining([
        {
          name: "tokens",
          projected: {
            sources: [
              { serviceAccountToken: { audience: "frontend.monofarm", expirationSeconds: 3600, path: "frontend" } },
            ],
          },
        },
      ]) as unknown,
    });
    expect(JSON.stringify(container)).not.toContain("tokens");
  });

  test("tells the client all it needs, and keeps the keys in a Secret", () => {
    const values = Object.fromEntries(container.env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
    expect(values).toEqual({
      HOME: "/home/client",
      TZ: "UTC",
      MONOFARM_FRONTEND: "grpc://127.0.0.1:8980",
      MONOFARM_S3: "http://s3.monofarm:7070",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: { secretKeyRef: { name: "artifacts", key: "accessKeyId" } },
      AWS_SECRET_ACCESS_KEY: { secretKeyRef: { name: "artifacts", key: "secretAccessKey" } },
      MONOFARM_RELEASE: release.id,
      MONOFARM_JOB: job.name,
      MONOFARM_JOB_DIGEST: job.digest,
      MONOFARM_WORKER_IMAGE_AMD64: `monofarm.local/worker@sha256:${"2".repeat(64)}`,
      MONOFARM_WORKER_CLASSES: "narrow,wide",
      MONOFARM_EMULATED: "arm64",
    });
  });
});

describe("Kubernetes' limits of any object", () => {
  const shards = Array.from({ length: 100_000 }, (_, i) => ({
    key: `k#${i}`,
    labels: ["//postgres:postgres~16.9~full"],
    sources: ["ab".repeat(32)],
    cpuSeconds: 1,
  }));
  const object = (its: typeof job.shards) => {
    const spec = jobSpec(release.id, { ...job, shards: its }, pods);
    return JSON.stringify({ metadata: { name: job.name, labels: jobLabels(release.id, job) }, spec });
  };

  test("a Job of 100,000 shards is as small as one of a single shard: what they hold is in the bucket", () => {
    const [one, most] = [object(shards.slice(0, 1)), object(shards)];
    expect(most.length - one.length).toBe("100000".length - "1".length);
    expect(most.length).toBeLessThan(2 ** 20 / 100);
  });

  test("labels are label values, and keys their names", () => {
    const odd = { ...release, id: "Release of 16.9, ünstable~" };
    expect(jobLabels(release.id, job)).toMatchObject({
      "farm.build/release": release.id,
      "farm.build/stage": "postgres",
      "farm.build/cost-class": "standard",
      "farm.build/digest": job.digest.slice(0, 12),
    });
    for (const [key, value] of Object.entries(jobLabels(odd.id, job))) {
      expect(key).toMatch(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
      expect(value).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    }
  });
});

describe("ReleaseJobs", () => {
  beforeAll(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, inputs: inputs as Registered["inputs"] });
        return { id: name, state: inputs as Record<string, unknown> };
      },
      call: () => ({}),
    });
    const { ReleaseJobs } = await import("../../components/matrix/jobs");
    const provider = new kubernetes.Provider("test", {});
    const { jobs } = new ReleaseJobs(
      "release",
      { plan: release, namespace: "monofarm-release", pods },
      { providers: [provider] },
    );
    await Promise.all(jobs.map((each) => new Promise((resolve) => each.id.apply(resolve))));
  });

  test("declares each Job of the plan under its own name, and waits for none", () => {
    const jobs = registered.filter(({ type }) => type === "kubernetes:batch/v1:Job");
    expect(jobs.map(({ inputs }) => inputs.metadata?.name).sort()).toEqual(release.jobs.map(({ name }) => name).sort());
    expect(jobs.length).toBe(4);
    for (const { inputs } of jobs) expect(inputs.metadata?.annotations).toEqual({ "pulumi.com/skipAwait": "true" });
  });
});

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";

import { asTexts, committedConfig } from "../../local/stack/stack-file";
import { CHECKOUT } from "../../local/directories";

import { release } from "../../stacks/release";
import { ofType, record } from "../components/recorder";
import { declareFarm, type Values } from "./golden";

const digest = (letter: string) => `registry.example/${letter}@sha256:${letter.repeat(64)}`;

const MIB = 2 ** 20;

/** What a farm put out, but for what tells one place from another. */
const FARM: Values = {
  endpoint: "grpc://frontend.monofarm:8980",
  s3: {
    endpoint: "http://s3.monofarm:7070",
    address: "http://10.96.0.7:7070",
    region: "us-east-1",
    buckets: { sources: "sources", matrix: "matrix", release: "release", logs: "logs" },
  },
  workerImages: { amd64: digest("c") },
  clientImage: digest("b"),
  gatewayImage: digest("a"),
  imagePullPolicy: "Never",
  pools: [{ architecture: "amd64", workerClass: "wide", emulated: false, concurrency: 1 }],
  storage: {
    shards: 2,
    cas: { sizeBytes: 8192 * MIB, meanBlobBytes: 65_536, largestBlobBytes: 200 * MIB },
    ac: { sizeBytes: 256 * MIB, meanBlobBytes: 2048, largestBlobBytes: 4 * MIB },
  },
  clientPool: { nodeSelector: {}, tolerations: [] },
  namespace: "monofarm",
  kubeconfig: "/kubeconfig",
  platform: { kind: "local" },
  egress: {},
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
};

function declareRelease(
  farm: Values,
  onMistake?: (error: unknown) => object,
  change: Values = {},
  onOutputs: (outputs: object) => void = () => undefined,
) {
  const values = { ...committedConfig("release"), ...change };
  const slice = { ...(values["monofarm:release"] as Values), workspace: "0".repeat(64) };
  pulumi.runtime.setAllConfig(asTexts({ ...values, "monofarm:release": slice }));
  const declared = async () => {
    const outputs = await release();
    onOutputs(outputs);
    return outputs;
  };
  return record(() => (onMistake === undefined ? declared() : declared().catch(onMistake)), false, farm);
}

/** The pod of the first Job. */
async function podOf(farm: Values, change: Values = {}) {
  const resources = await declareRelease(farm, undefined, change);
  const [job] = [...ofType(resources, "kubernetes:batch/v1:Job").values()] as {
    spec: { template: { spec: { serviceAccountName?: string; containers: { env: { name: string }[] }[] } } };
  }[];
  if (job === undefined) throw new Error("no Job");
  const { serviceAccountName, containers } = job.spec.template.spec;
  const names = containers.flatMap(({ env }) => env.map(({ name }) => name));
  return { resources, serviceAccountName, names };
}

describe("a release", () => {
  test("on the farm of one machine proves itself with keys, and asks for names where they are answered", async () => {
    const { resources, serviceAccountName, names } = await podOf(FARM);
    expect(serviceAccountName).toBe("client");
    expect(names).toContain("AWS_SECRET_ACCESS_KEY");
    expect([...ofType(resources, "kubernetes:core/v1:Secret").keys()]).toEqual(["s3-credentials"]);
    const [provider] = [...ofType(resources, "pulumi:providers:kubernetes").values()];
    expect(provider).toEqual({ kubeconfig: "/kubeconfig", enableServerSideApply: "true" });
    const policy = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").get("release-clients");
    expect((policy?.["spec"] as { egress: object[] }).egress).toHaveLength(2);
  });

  test("on AWS has a role and no key", async () => {
    const { credentials, ...keyless } = FARM;
    expect(credentials).toBeDefined();
    const { resources, serviceAccountName, names } = await podOf(keyless);
    expect(serviceAccountName).toBe("client");
    expect(names.filter((name) => name.includes("KEY"))).toEqual([]);
    expect([...ofType(resources, "kubernetes:core/v1:Secret").keys()]).toEqual([]);
    expect([...ofType(resources, "kubernetes:core/v1:ServiceAccount").keys()]).toEqual(["client"]);
  });

  test.each([
    ["aws", true],
    ["kubernetes", false],
  ])("on %s tells what it costs: %s", async (kind, tells) => {
    let told: object = {};
    await declareRelease({ ...FARM, platform: { kind } }, undefined, {}, (outputs) => (told = outputs));
    expect("cost" in told).toBe(tells);
  });

  test("reaches the context that the farm was made with", async () => {
    const { resources } = await podOf({ ...FARM, platform: { kind: "kubernetes", context: "farm" } });
    expect([...ofType(resources, "pulumi:providers:kubernetes").values()][0]).toMatchObject({ context: "farm" });
  });

  test("of a farm that an older version made is refused in one line", async () => {
    const { egress, ...older } = FARM;
    expect(egress).toBeDefined();
    let mistake = "";
    await declareRelease(older, (error) => {
      mistake = error instanceof Error ? error.message : String(error);
      return {};
    });
    expect(mistake).toMatch(/^stack local: egress: found nothing; allowed: a farm that stands/);
  });
});

describe("a release on a farm that is known by its facts", () => {
  const name = `farm-facts-${process.pid}.json`;
  const know = (kind: string) => {
    // What pulumi stack output --json says: secrets are not told.
    writeFileSync(join(CHECKOUT, name), JSON.stringify({ ...FARM, platform: { kind }, credentials: "[secret]" }));
    return podOf({}, { "monofarm:farm": name });
  };
  afterEach(() => {
    rmSync(join(CHECKOUT, name), { force: true });
    vi.unstubAllEnvs();
  });

  test("on any cluster gives its pods the keys of whoever submits it, as a secret", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "release-key");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "release-secret");
    const { resources, names } = await know("kubernetes");
    expect(names).toContain("AWS_SECRET_ACCESS_KEY");
    const secret = ofType(resources, "kubernetes:core/v1:Secret").get("s3-credentials");
    expect(JSON.stringify(secret?.["stringData"])).toContain("release-secret");
  });

  test("on AWS gives them none, whatever is in the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "release-key");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "release-secret");
    const { resources, names } = await know("aws");
    expect(names.filter((each) => each.includes("KEY"))).toEqual([]);
    expect(ofType(resources, "kubernetes:core/v1:Secret").size).toBe(0);
  });
});

test("a release that the farm's storage cannot keep says so, and is declared nonetheless", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  try {
    await declareRelease(FARM);
    expect(warn).not.toHaveBeenCalled();
    const storage = FARM["storage"] as { cas: object };
    const small = { ...storage, cas: { ...storage.cas, sizeBytes: 250 * MIB, largestBlobBytes: 6 * MIB } };
    const resources = await declareRelease({ ...FARM, storage: small });
    expect(warn.mock.calls.map(([line]) => line.split(":", 3).slice(0, 2).join(":"))).toEqual([
      "monofarm:storage.cas.largestBlobMiB",
      "monofarm:storage.cas.sizeMiB",
    ]);
    expect(ofType(resources, "kubernetes:batch/v1:Job").size).toBe(1);
  } finally {
    warn.mockRestore();
  }
});

test("the farm of one machine has a server of its own, six buckets without a lock, and names from any address", async () => {
  const resources = await declareFarm({
    ...committedConfig("local"),
    "monofarm:platform": {
      kind: "local",
      kubeconfig: "/kubeconfig",
      localVolumes: { directory: "/volumes", node: "farm" },
      pools: ["system", "storage", "client", "worker"].map((role) => ({ role, architecture: "amd64" })),
    },
    "monofarm:images": {
      buildbarn: digest("a"),
      client: digest("b"),
      s3: digest("d"),
      prometheus: digest("e"),
      workers: { amd64: digest("c") },
      pullPolicy: "Never",
    },
  });
  expect([...ofType(resources, "kubernetes:apps/v1:StatefulSet").keys()].sort()).toEqual(["s3", "storage"]);
  const volumes = [...ofType(resources, "kubernetes:core/v1:PersistentVolume").keys()].sort();
  expect(volumes).toEqual(["volume-data-s3-0", "volume-data-storage-0", "volume-data-storage-1"]);
  const dynamic = [...ofType(resources, "pulumi-nodejs:dynamic:Resource")];
  const buckets = dynamic.filter(([, { bucket }]) => bucket !== undefined);
  expect(buckets.map(([name, { lockDays }]) => [name, lockDays]).sort()).toEqual([
    ["logs", undefined],
    ["matrix", undefined],
    ["provenance", undefined],
    ["release", undefined],
    ["repo", undefined],
    ["sources", undefined],
  ]);
  const names = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").get("names");
  const ports = ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol }));
  expect((names?.["spec"] as { egress: object[] }).egress).toEqual([{ ports }]);
});

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";

import { PURPOSES } from "../../components/artifacts/purposes";
import { ArtifactStore } from "../../components/artifacts/artifact-store";
import { BuildBarn } from "../../components/buildbarn/buildbarn";
import { type WorkerClass, WORKER_CLASSES, workersName } from "../../components/buildbarn/worker-class";
import { storageClaims } from "../../components/buildbarn/storage";
import { KubernetesPlatform } from "../../components/platform/kubernetes/kubernetes-platform";
import type { NodePool } from "../../components/platform/platform";
import { ofType, record, type Recorded } from "./recorder";

const digest = (letter: string) => `registry.example/${letter}@sha256:${letter.repeat(64)}`;
const pool = (role: NodePool["role"], architecture: NodePool["architecture"], emulated = false): NodePool => ({
  role,
  architecture,
  emulated,
  nodeSelector: { "kubernetes.io/arch": emulated ? "amd64" : architecture },
  tolerations: [],
});
const MIB = 2 ** 20;
const storage = {
  shards: 2,
  cas: { sizeBytes: 8192 * MIB, meanBlobBytes: 65_536, largestBlobBytes: 200 * MIB },
  ac: { sizeBytes: 256 * MIB, meanBlobBytes: 2048, largestBlobBytes: 4 * MIB },
};

function declareFarm() {
  const platform = new KubernetesPlatform("platform", {
    kubeconfig: "/kubeconfig",
    tokenIssuer: "https://issuer.example",
    pools: [
      ...(["system", "storage", "client", "worker"] as const).map((role) => pool(role, "amd64")),
      pool("worker", "arm64", true),
    ],
    localVolumes: { directory: "/volumes", node: "farm" },
    claims: storageClaims("monofarm", storage, "monofarm:storage"),
  });
  const namespace = pulumi.output("monofarm");
  const artifacts = new ArtifactStore("artifacts", {
    platform,
    namespace,
    service: { own: { image: digest("c"), imagePullPolicy: "Never", volumeBytes: 1024 * MIB } },
    prefix: "",
    forceDestroy: true,
  });
  const workers = (["amd64", "arm64"] as const).flatMap((architecture) =>
    WORKER_CLASSES.map((workerClass) => ({
      architecture,
      workerClass,
      workerImage: digest(architecture === "amd64" ? "a" : "b"),
      replicas: 1,
      action: { cpu: "250m", memory: "4Gi" },
      inputCacheBytes: 1024 * MIB,
      diskBytes: 4096 * MIB,
    })),
  );
  const buildbarn = new BuildBarn("buildbarn", {
    platform,
    namespace,
    namespaceName: "monofarm",
    clients: [{ namespace: "monofarm-release", name: "client" }],
    image: digest("d"),
    imagePullPolicy: "Never",
    storage,
    frontendReplicas: 1,
    workers,
    maximumExecutionSeconds: 7200,
  });
  const { sources, matrix, release, logs } = artifacts.buckets;
  const outputs: pulumi.Output<unknown>[] = [buildbarn.endpoint, artifacts.endpoint, sources, matrix, release, logs];
  return pulumi.all(outputs);
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly object[];
  readonly restartPolicy?: string;
  readonly startupProbe?: object;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly resources: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly securityContext: {
    readonly allowPrivilegeEscalation: boolean;
    readonly readOnlyRootFilesystem: boolean;
    readonly runAsUser?: number;
    readonly capabilities: { readonly drop: string[]; readonly add?: string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: { readonly seccompProfile?: object };
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

interface Workload {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: Pod };
  };
}

describe("a farm of two storage shards and two classes of workers for each of two architectures", () => {
  let resources: Recorded[];
  let workloads: Map<string, Workload>;

  beforeAll(async () => {
    resources = await record(declareFarm);
    const kinds = ["kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment"];
    workloads = new Map(kinds.flatMap((kind) => [...ofType(resources, kind)])) as unknown as Map<string, Workload>;
  });

  const workload = (name: string): Workload => {
    const found = workloads.get(name);
    if (found === undefined) throw new Error(`no ${name} among ${[...workloads.keys()].join(", ")}`);
    return found;
  };
  const containers = () =>
    [...workloads.values()].flatMap(({ spec }) => [
      ...(spec.template.spec.initContainers ?? []),
      ...spec.template.spec.containers,
    ]);

  const text = (name: string) => JSON.stringify(ofType(resources, "kubernetes:core/v1:ConfigMap").get(name));
  const configuration = (name: string, file: string): unknown => {
    const config = ofType(resources, "kubernetes:core/v1:ConfigMap").get(name) as { data: Record<string, string> };
    return JSON.parse((config.data[file] ?? "{}").replaceAll(/std\.extVar\('(\w+)'\)/g, '"$1"'));
  };

  test("runs these workloads and no other", () => {
    expect([...workloads.keys()].sort()).toEqual([
      "browser",
      "frontend",
      "s3",
      "scheduler",
      "storage",
      "worker-amd64-narrow",
      "worker-amd64-wide",
      "worker-arm64-narrow",
      "worker-arm64-wide",
    ]);
    expect(workload("storage").spec.replicas).toBe(2);
    expect(workload("scheduler").spec.replicas).toBe(1);
  });

  test("gives every Kubernetes and dynamic resource an explicit provider", () => {
    const real = resources.filter(({ type }) => type.startsWith("kubernetes:") || type.startsWith("pulumi-nodejs:"));
    expect(real.length).toBeGreaterThan(20);
    expect(real.filter(({ provider }) => provider === "").map(({ name }) => name)).toEqual([]);
  });

  test("confines every container: digest, requests, memory limit, no escalation, and of root's powers those that clean up and end actions", () => {
    expect(containers().length).toBeGreaterThan(10);
    for (const container of containers()) {
      expect(container.image, container.name).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(container.resources.requests, container.name).toBeDefined();
      expect(container.resources.limits?.memory, container.name).toMatch(/^\d+[MG]i$/);
      expect(container.securityContext.allowPrivilegeEscalation, container.name).toBe(false);
      expect(container.securityContext.readOnlyRootFilesystem, container.name).toBe(true);
      expect(container.securityContext.capabilities.drop, container.name).toEqual(["ALL"]);
      const added = container.securityContext.capabilities.add ?? [];
      const cleaner = ["DAC_OVERRIDE", "FOWNER"];
      const allowed = container.name === "runner" ? [...cleaner, "KILL", "SETGID", "SETUID"] : cleaner;
      expect(allowed, container.name).toEqual(expect.arrayContaining(added));
    }
    for (const [name, { spec }] of workloads) expect(spec.template.spec.automountServiceAccountToken, name).toBe(false);
  });

  test("runs every program of BuildBarn under an init, which passes on the signal to stop", () => {
    const commands = containers().map(({ command = [] }) => command.map((word) => word.split("/").at(-1)));
    const programs = commands.filter((words) => words.some((word) => /^(bb|farm)_/.test(word ?? "")));
    expect(programs.map(([init, dashes]) => [init, dashes])).toEqual(Array(12).fill(["tini", "--"]));
  });

  test("keeps actions apart from their worker: another uid, no input cache, no configuration of the worker's own", () => {
    const pod = workload("worker-amd64-wide").spec.template.spec;
    const runner = pod.initContainers?.find(({ name }) => name === "runner");
    const worker = pod.containers.find(({ name }) => name === "worker");
    expect(runner?.restartPolicy).toBe("Always");
    expect(runner?.command).toEqual([
      "/bb/tini",
      "--",
      "/bb/confine",
      `-file-bytes=${200 * MIB}`,
      "/bb/bb_runner",
      "/config/runner.json",
    ]);
    const { runCommandsAs } = configuration("worker-amd64-wide-runner", "runner.json") as { runCommandsAs: object };
    expect(runCommandsAs).toMatchObject({ userId: 65534, groupId: 65534 });
    expect(worker?.volumeMounts.map(({ name }) => name)).toContain("tokens");
    expect(runner?.volumeMounts.map(({ name }) => name)).not.toContain("tokens");
    expect(runner?.volumeMounts.map(({ name }) => name)).not.toContain("config");
    expect(runner?.volumeMounts.filter(({ name }) => name === "worker")).toEqual([
      { name: "worker", mountPath: "/worker/build", subPath: "build" },
    ]);
    expect(pod.terminationGracePeriodSeconds).toBe(7260);
  });

  test("derives runner image, platform property and queue of an architecture from one digest", () => {
    for (const [architecture, image] of [
      ["amd64", digest("a")],
      ["arm64", digest("b")],
    ] as const) {
      for (const name of WORKER_CLASSES.map((workerClass) => workersName(architecture, workerClass))) {
        const pod = workload(name).spec.template.spec;
        expect(pod.initContainers?.find(({ name }) => name === "runner")?.image).toBe(image);
        expect(text(name)).toContain(`docker://${image}`);
        expect(text("scheduler")).toContain(`docker://${image}`);
      }
    }
  });

  test("has a queue for each class of each architecture, which its workers name to the letter, sorted as BuildBarn wants", () => {
    type Properties = { readonly platform: { readonly properties: readonly { name: string; value: string }[] } };
    const { predeclaredPlatformQueues: queues } = configuration("scheduler", "scheduler.json") as {
      predeclaredPlatformQueues: Properties[];
    };
    const pools = ["amd64", "arm64"].flatMap((each) => WORKER_CLASSES.map((one) => [each, one] as const));
    expect(queues).toHaveLength(4);
    for (const [index, [architecture, workerClass]] of pools.entries()) {
      const { buildDirectories } = configuration(workersName(architecture, workerClass), "worker.json") as {
        buildDirectories: [{ runners: [Properties] }];
      };
      const { properties } = buildDirectories[0].runners[0].platform;
      expect(properties).toEqual(queues[index]?.platform.properties);
      expect(properties.slice(0, 3).map(({ value }) => value)).toEqual([architecture, "linux", workerClass]);
      expect(properties.map(({ name }) => name)).toEqual(["Arch", "OSFamily", "class", "container-image"]);
    }
  });

  test("gives an action of a narrow worker one core, by a limit that it can see, and that of a wide one all that are idle", () => {
    const limits = (workerClass: WorkerClass) =>
      workload(workersName("amd64", workerClass)).spec.template.spec.initContainers?.find(
        ({ name }) => name === "runner",
      )?.resources.limits;
    expect(limits("narrow")).toEqual({ cpu: "1", memory: "4Gi" });
    expect(limits("wide")).toEqual({ memory: "4Gi" });
  });

  test("lets nobody write the action cache through the frontend, and workers alone at the storage", () => {
    type Cache = { readonly actionCache: { readonly putAuthorizer: object } };
    const frontend = configuration("frontend", "frontend.json") as Cache;
    expect(frontend.actionCache.putAuthorizer).toEqual({ deny: {} });
    const storage = configuration("storage", "storage.json") as Cache;
    expect(storage.actionCache.putAuthorizer).toMatchObject({
      jmespathExpression: {
        expression: 'contains(`["system:serviceaccount:monofarm:worker"]`, authenticationMetadata.public.subject)',
      },
    });
  });

  test("shows the farm to whoever may forward a port of a pod, and gives what shows it nothing to write with", () => {
    interface Browser {
      readonly httpServers: readonly { readonly listenAddresses: readonly string[] }[];
    }
    const { httpServers } = configuration("browser", "browser.json") as Browser;
    expect(httpServers.flatMap(({ listenAddresses }) => listenAddresses)).toEqual(["127.0.0.1:7984"]);
    const lets = (value: object) => JSON.stringify(value).includes("system:serviceaccount:monofarm:browser");
    const storage = configuration("storage", "storage.json") as Record<string, Record<string, object>>;
    const may = ["contentAddressableStorage", "actionCache"].flatMap((store) =>
      Object.entries(storage[store] ?? {}).flatMap(([what, who]) => (lets(who) ? [`${store}.${what}`] : [])),
    );
    expect(may).toEqual(["contentAddressableStorage.getAuthorizer", "actionCache.getAuthorizer"]);
    const scheduler = configuration("scheduler", "scheduler.json") as Record<string, object>;
    expect(Object.keys(scheduler).filter((key) => lets(scheduler[key] ?? {}))).toEqual(["adminHttpServers"]);
  });

  test("traces no more of what clients call than a second allows, whether they send a trace or not", () => {
    interface Traced {
      readonly global: { readonly tracing: { readonly sampler: { readonly parentBased: Record<string, object> } } };
    }
    const sampler = (part: string) =>
      (configuration(part, `${part}.json`) as Traced).global.tracing.sampler.parentBased;
    const [limited, always, never] = [
      { maximumRate: { samplesPerEpoch: 20, epochDuration: "1s" } },
      { always: {} },
      { never: {} },
    ];
    expect(sampler("frontend")).toMatchObject({ noParent: limited, remoteParentSampled: limited });
    expect(sampler("scheduler")).toMatchObject({ noParent: never, remoteParentSampled: always });
  });

  test("lets the browser's memory be collected before its limit ends it", () => {
    const [browser] = workload("browser").spec.template.spec.containers;
    expect(browser?.resources.limits?.memory).toBe("256Mi");
    expect(browser?.env).toEqual([{ name: "GOMEMLIMIT", value: "204MiB" }]);
  });

  test("gives each part a token for those that it calls, for an hour, and for nobody else", () => {
    const audiences = (name: string) => {
      const { volumes } = workload(name).spec.template.spec as unknown as {
        volumes: {
          projected?: { sources: { serviceAccountToken?: { audience: string; expirationSeconds: number } }[] };
        }[];
      };
      return volumes
        .flatMap(({ projected }) => projected?.sources ?? [])
        .flatMap(({ serviceAccountToken }) => serviceAccountToken ?? [])
        .map(({ audience, expirationSeconds }) => [audience, expirationSeconds]);
    };
    const [browser, scheduler, storage] = [
      ["browser.monofarm", 3600],
      ["scheduler.monofarm", 3600],
      ["storage.monofarm", 3600],
    ];
    expect(audiences("frontend")).toEqual([browser, scheduler, storage]);
    expect(audiences("scheduler")).toEqual([browser, storage]);
    expect(audiences("storage")).toEqual([]);
    expect(audiences("worker-amd64-wide")).toEqual([browser, scheduler, storage]);
    expect(audiences("browser")).toEqual([scheduler, storage]);
  });

  test("starts no server before there are keys to check tokens with, fetched by an account that can write them alone", () => {
    const job = resources.find(({ type }) => type === "kubernetes:batch/v1:Job");
    expect(job?.name).toBe("token-keys");
    const after = [
      ...((resources.find(({ type, name }) => type.endsWith(":Deployment") && name === "scheduler")?.options
        .dependsOn ?? []) as pulumi.Resource[]),
    ];
    expect(after.some((resource) => resource instanceof kubernetes.batch.v1.Job)).toBe(true);
    const [role] = [...ofType(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role").values()];
    expect(role?.["rules"]).toEqual([
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["token-keys"], verbs: ["patch"] },
    ]);
    expect(text("token-keys-config")).toContain("importstr '/var/run/secrets/kubernetes.io/serviceaccount/token'");
  });

  test("lets a drain of nodes take one frontend, one shard, a quarter of a pool's workers, and the scheduler at any time", () => {
    const budgets = ofType(resources, "kubernetes:policy/v1:PodDisruptionBudget") as unknown as Map<
      string,
      { spec: { maxUnavailable: unknown; selector: { matchLabels: Record<string, string> } } }
    >;
    expect([...budgets].map(([name, { spec }]) => [name, spec.maxUnavailable]).sort()).toEqual([
      ["frontend", 1],
      ["storage", 1],
      ["worker-amd64-narrow", "25%"],
      ["worker-amd64-wide", "25%"],
      ["worker-arm64-narrow", "25%"],
      ["worker-arm64-wide", "25%"],
    ]);
    for (const [name, { spec }] of budgets) {
      const { selector } = workload(name).spec as unknown as { selector: { matchLabels: object } };
      expect(spec.selector.matchLabels, name).toEqual(selector.matchLabels);
    }
  });

  test("spreads frontends and shards over zones, and puts no two shards on a node while another has none", () => {
    const spreads = (name: string) => {
      const { topologySpreadConstraints: all = [] } = workload(name).spec.template.spec as unknown as {
        topologySpreadConstraints?: {
          topologyKey: string;
          whenUnsatisfiable: string;
          labelSelector: { matchLabels: object };
        }[];
      };
      for (const { labelSelector } of all)
        expect(labelSelector.matchLabels).toMatchObject({ "app.kubernetes.io/name": name });
      return all.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey.split("/")[1], whenUnsatisfiable]);
    };
    expect(spreads("frontend")).toEqual([
      ["zone", "ScheduleAnyway"],
      ["hostname", "ScheduleAnyway"],
    ]);
    expect(spreads("storage")).toEqual([
      ["zone", "ScheduleAnyway"],
      ["hostname", "DoNotSchedule"],
    ]);
    expect(spreads("worker-amd64-wide")).toEqual([]);
  });

  test("gives every resource to a component", () => {
    const parents = new Map(resources.map(({ type, name, parent }) => [`${type} ${name}`, parent]));
    const components = [...parents].filter(([name]) => name.startsWith("monofarm:"));
    expect(components.map(([name]) => name.split(" ")[1]).sort()).toEqual(["artifacts", "buildbarn", "platform"]);
    const orphans = [...parents].filter(([name, parent]) => !/^(monofarm|pulumi):/.test(name) && parent === "");
    expect(orphans.map(([name]) => name)).toEqual([]);
  });

  test("keeps what opens the store encrypted in the state", () => {
    const dynamic = resources.filter(({ type }) => type === "pulumi-nodejs:dynamic:Resource");
    const secrets = dynamic.map(({ name, options }) => [name, options.additionalSecretOutputs?.join()] as const);
    expect(Object.fromEntries(secrets)).toEqual({
      "s3-credentials": "accessKeyId,secretAccessKey",
      ...Object.fromEntries(PURPOSES.map((purpose) => [purpose, "access"])),
    });
  });

  test("asks every long-lived program of BuildBarn and the store for its health, before and while it serves", () => {
    const served = containers().filter(({ command = [] }) =>
      command.some((word) => /\/(bb|farm)_(?!runner)|versity/.test(word)),
    );
    expect(served.length).toBeGreaterThan(5);
    for (const container of served) {
      expect(container.startupProbe ?? container.readinessProbe, container.name).toBeDefined();
      expect(container.livenessProbe, container.name).toBeDefined();
    }
  });

  test("leaves every pod to the runtime's own filter of system calls", () => {
    for (const [name, { spec }] of workloads)
      expect(spec.template.spec.securityContext.seccompProfile, name).toEqual({ type: "RuntimeDefault" });
  });

  test("lets clients have a result from the action cache only where all of its files are there", () => {
    const { actionCache } = configuration("frontend", "frontend.json") as { actionCache: { backend: object } };
    expect(Object.keys(actionCache.backend)).toEqual(["completenessChecking"]);
  });

  test("gives every purpose a bucket, and a history to what was released", () => {
    const buckets = resources.filter(
      ({ type, name }) => type === "pulumi-nodejs:dynamic:Resource" && name !== "s3-credentials",
    );
    expect(buckets.map(({ name }) => name)).toEqual([...PURPOSES]);
    const kept = buckets.filter(({ inputs }) => inputs["versioning"] === true);
    expect(kept.map(({ name }) => name)).toEqual(["release", "provenance"]);
  });

  test("binds each claim of the storage to the folder of its name", () => {
    const volumes = ofType(resources, "kubernetes:core/v1:PersistentVolume");
    const bound = [...volumes.values()].map(({ spec }) => {
      const { claimRef, local } = spec as { claimRef: { name: string }; local: { path: string } };
      return [claimRef.name, local.path];
    });
    expect(bound).toEqual([
      ["data-storage-0", "/volumes/data-storage-0"],
      ["data-storage-1", "/volumes/data-storage-1"],
    ]);
  });
});

test("pods roll when, and only when, their configuration changes, which is another ConfigMap that nobody can edit", async () => {
  const names = async (seconds: number) => {
    const resources = await record(() => {
      const platform = new KubernetesPlatform("platform", {
        kubeconfig: "/kubeconfig",
        tokenIssuer: "https://issuer.example",
        pools: (["system", "storage", "client", "worker"] as const).map((role) => pool(role, "amd64")),
        claims: [],
      });
      const farm = new BuildBarn("buildbarn", {
        platform,
        namespace: pulumi.output("monofarm"),
        namespaceName: "monofarm",
        clients: [{ namespace: "monofarm-release", name: "client" }],
        image: digest("d"),
        imagePullPolicy: "Never",
        storage,
        frontendReplicas: 1,
        workers: [],
        maximumExecutionSeconds: seconds,
      });
      return farm.endpoint;
    });
    const configMaps = ofType(resources, "kubernetes:core/v1:ConfigMap") as unknown as Map<
      string,
      { readonly metadata: { readonly name: string }; readonly immutable: boolean }
    >;
    const editable = [...configMaps].filter(([, { immutable }]) => !immutable).map(([name]) => name);
    expect(editable.sort()).toEqual(["token-issuer", "token-keys"]);
    const deployments = ofType(resources, "kubernetes:apps/v1:Deployment") as unknown as Map<string, Workload>;
    return new Map(
      [...deployments].map(([name, { spec }]) => {
        const mounted = spec.template.spec.volumes.find((volume) => volume.name === "config")?.configMap?.name;
        expect(mounted).toBe(configMaps.get(name)?.metadata.name);
        return [name, mounted];
      }),
    );
  };
  const [before, after] = [await names(7200), await names(3600)];
  expect(before.get("frontend")).toMatch(/^frontend-[0-9a-f]{16}$/);
  expect(after.get("frontend")).toBe(before.get("frontend"));
  expect(after.get("scheduler")).not.toBe(before.get("scheduler"));
});

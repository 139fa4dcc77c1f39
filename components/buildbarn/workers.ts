import { dirname } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Architecture, NodePool } from "../platform/platform";
import { runnerConfiguration, TEMPORARY_DIRECTORIES } from "./configuration/runner";
import { BUILD_DIRECTORY, CACHE_DIRECTORY, RUNNER_SOCKET, workerConfiguration } from "./configuration/worker";
import { type ConfigurationFiles, declareConfiguration } from "./configuration-files";
import { declareDisruptionBudget } from "./disruption";
import { platformProperties } from "./platform-properties";
import {
  dependencies,
  type PartArgs,
  podDefaults,
  podMetadata,
  program,
  type Resources,
  resources,
  selector,
  underInit,
} from "./pod";
import { TOKENS_MOUNT, tokensVolume } from "./tokens";
import { CPU_LIMITS, type WorkerClass, workersName } from "./worker-class";

/** Least and most pods of a pool. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

/** A set of equal workers. */
export interface WorkerPool {
  readonly architecture: Architecture;
  readonly workerClass: WorkerClass;
  /** Image that actions run in, by digest. */
  readonly workerImage: string;
  /** Pods, each of which runs one action at a time: so many, or between bounds, where they follow their queue. */
  readonly replicas: number | Bounds;
  /** What one action may take. */
  readonly action: Resources;
  /** Bytes of input files that a worker keeps for later actions. */
  readonly inputCacheBytes: number;
  /** Bytes that an action may write, beside its inputs. */
  readonly diskBytes: number;
}

/** Pods of a pool at most. */
export function mostWorkers({ replicas }: Pick<WorkerPool, "replicas">): number {
  return typeof replicas === "number" ? replicas : replicas.maximum;
}

/** Arguments of one pool of workers. */
export interface WorkersArgs extends PartArgs {
  readonly pool: NodePool;
  readonly workers: WorkerPool;
  readonly shards: number;
  /** Bytes of the largest file that an action may write: what the CAS takes. */
  readonly largestFileBytes: number;
  /** Seconds that any action may take. */
  readonly maximumExecutionSeconds: number;
}

/** Root without root's powers but these: to remove what actions left in directories of their own. */
const CLEANER = ["DAC_OVERRIDE", "FOWNER"];

/** The worker shares neither a root file system nor a uid with actions. */
const WORKER_CONTEXT = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsUser: 0,
  capabilities: { drop: ["ALL"], add: CLEANER },
};

/** The runner starts actions as another user and ends them, and has no other power over the machine. */
const RUNNER_CONTEXT = {
  ...WORKER_CONTEXT,
  capabilities: { drop: ["ALL"], add: [...CLEANER, "KILL", "SETGID", "SETUID"] },
};

/** What an action sees of the names of machines, wherever it runs. */
const NAMES = { hosts: "127.0.0.1 localhost\n", "resolv.conf": "" };

/** Name of the machine that actions see. */
const HOSTNAME = "worker";

/** Seconds that a worker may go on when its pod is told to stop, beyond the longest of actions. */
const DRAIN_MARGIN_SECONDS = 60;

/** Share of a pool's workers that a drain of nodes may take at once: each ends its action first. */
const MOST_DRAINED = "25%";

/**
 * Declares a pool of workers. In each pod `worker` fetches inputs and stores outputs, and `runner`, a native sidecar
 * from the worker image, runs the action; the sidecar outlives the worker, so that a pod which is told to stop first
 * ends its action.
 *
 * The worker alone has the pod's tokens. Whatever the runner starts has a user of its own, and no socket that leads
 * anywhere: `confine` takes them away from the runner itself, before it starts (docs/adr/0010).
 */
export function declareWorkers(
  args: WorkersArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const { namespace, workers } = args;
  const { architecture, workerClass } = workers;
  const name = workersName(architecture, workerClass);
  const platform = platformProperties(architecture, workerClass, workers.workerImage);
  const configurations = {
    worker: workerConfiguration({ shards: args.shards, platform, inputCacheBytes: workers.inputCacheBytes }),
  };
  const labels = {
    ...selector("worker"),
    "farm.build/architecture": architecture,
    "farm.build/class": workerClass,
  };
  const metadata = { name, namespace, labels };
  const config = declareConfiguration(name, configurations, { namespace, labels }, options);
  // Apart, for actions may read it.
  const runner = declareConfiguration(
    `${name}-runner`,
    { runner: runnerConfiguration() },
    { namespace, labels },
    options,
    NAMES,
  );
  declareDisruptionBudget(name, { namespace, labels }, MOST_DRAINED, options);
  return new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata,
      spec: {
        // Where they follow their queue, the number is the autoscaler's.
        ...(typeof workers.replicas === "number" && { replicas: workers.replicas }),
        selector: { matchLabels: labels },
        // A new pod of a busy node would wait for the old one's memory.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        template: {
          metadata: podMetadata("worker", { ...labels, "farm.build/emulated": String(args.pool.emulated) }),
          spec: workerPod(args, config, runner),
        },
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap, runner.configMap] },
  );
}

function workerPod(
  args: WorkersArgs,
  files: ConfigurationFiles,
  runnerFiles: ConfigurationFiles,
): kubernetes.types.input.core.v1.PodSpec {
  const { workers } = args;
  const config = { name: "config", mountPath: "/config", readOnly: true };
  const programs = { name: "programs", mountPath: "/bb" };
  const socket = { name: "socket", mountPath: SOCKET_DIRECTORY };
  return {
    ...podDefaults(args.pool),
    serviceAccountName: "worker",
    hostname: HOSTNAME,
    terminationGracePeriodSeconds: args.maximumExecutionSeconds + DRAIN_MARGIN_SECONDS,
    initContainers: [prepare(args, [programs, socket]), runner(args, [{ ...programs, readOnly: true }, socket])],
    containers: [
      {
        ...program("bb_worker", "worker", args, { cpu: "50m", memory: "1Gi" }),
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        securityContext: WORKER_CONTEXT,
        volumeMounts: [config, socket, TOKENS_MOUNT, { name: "worker", mountPath: "/worker" }],
      },
    ],
    volumes: [
      files.volume,
      { ...runnerFiles.volume, name: "runner-config" },
      tokensVolume("browser", "scheduler", "storage"),
      ...["programs", "socket"].map((name) => ({ name, emptyDir: {} })),
      { name: "worker", emptyDir: { sizeLimit: String(workers.diskBytes + workers.inputCacheBytes) } },
      ...TEMPORARY_DIRECTORIES.map((_, index) => ({
        name: `temporary-${index}`,
        emptyDir: { sizeLimit: String(workers.diskBytes) },
      })),
    ],
  };
}

type Container = kubernetes.types.input.core.v1.Container;
type Mounts = readonly kubernetes.types.input.core.v1.VolumeMount[];

const SOCKET_DIRECTORY = dirname(RUNNER_SOCKET);

/** Brings the runner's programs, and makes directories that an action passes through or never enters. */
function prepare(args: WorkersArgs, mounts: Mounts): Container {
  const programs = ["bb_runner", "confine", "sweep", "tini"].map((binary) => `/usr/local/bin/${binary}`).join(" ");
  const steps = [
    `cp ${programs} /bb/`,
    `mkdir -p ${BUILD_DIRECTORY} ${CACHE_DIRECTORY}`,
    `chmod 0711 ${BUILD_DIRECTORY}`,
    `chmod 0700 ${CACHE_DIRECTORY} ${SOCKET_DIRECTORY}`,
  ];
  return {
    name: "prepare",
    image: args.image,
    imagePullPolicy: args.imagePullPolicy,
    command: ["/bin/sh", "-euc", steps.join(" && ")],
    resources: resources({ cpu: "10m", memory: "64Mi" }),
    securityContext: WORKER_CONTEXT,
    volumeMounts: [...mounts, { name: "worker", mountPath: "/worker" }],
  };
}

function runner({ workers, imagePullPolicy, largestFileBytes }: WorkersArgs, mounts: Mounts): Container {
  const file = (subPath: string, mountPath: string) => ({ name: "runner-config", mountPath, subPath, readOnly: true });
  return {
    name: "runner",
    restartPolicy: "Always",
    image: workers.workerImage,
    imagePullPolicy,
    command: underInit("/bb", "confine", `-file-bytes=${largestFileBytes}`, "/bb/bb_runner", "/config/runner.json"),
    resources: resources(workers.action, CPU_LIMITS[workers.workerClass]),
    securityContext: RUNNER_CONTEXT,
    // A runner that cannot start a program cannot clean either: its container ends, and with it all that fills it.
    livenessProbe: { exec: { command: ["/bb/tini", "--version"] }, periodSeconds: 30, timeoutSeconds: 10 },
    // Everybody in the container may write to the usual file.
    terminationMessagePath: `${SOCKET_DIRECTORY}/termination`,
    volumeMounts: [
      ...mounts,
      file("runner.json", "/config/runner.json"),
      file("hosts", "/etc/hosts"),
      file("resolv.conf", "/etc/resolv.conf"),
      { name: "worker", mountPath: BUILD_DIRECTORY, subPath: "build" },
      ...TEMPORARY_DIRECTORIES.map((mountPath, index) => ({ name: `temporary-${index}`, mountPath })),
    ],
  };
}

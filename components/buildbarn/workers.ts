import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Architecture, NodePool } from "../platform/platform";
import { runnerConfiguration, TEMPORARY_DIRECTORIES } from "./configuration/runner";
import { BUILD_DIRECTORY, CACHE_DIRECTORY, RUNNER_SOCKET, workerConfiguration } from "./configuration/worker";
import { type ConfigurationFiles, declareConfiguration } from "./configuration-files";
import { platformProperties } from "./platform-properties";
import {
  dependencies,
  CONFINED,
  type PartArgs,
  podDefaults,
  podMetadata,
  program,
  type Resources,
  resources,
  selector,
  underInit,
} from "./pod";

/** A set of equal workers. */
export interface WorkerPool {
  readonly architecture: Architecture;
  /** Image that actions run in, by digest. */
  readonly workerImage: string;
  /** Pods, each of which runs one action at a time. */
  readonly replicas: number;
  /** What one action may take. */
  readonly action: Resources;
  /** Bytes of input files that a worker keeps for later actions. */
  readonly inputCacheBytes: number;
  /** Seconds that a pod which is told to stop may go on with its action. */
  readonly drainSeconds: number;
}

/** Arguments of one pool of workers. */
export interface WorkersArgs extends PartArgs {
  readonly pool: NodePool;
  readonly workers: WorkerPool;
  readonly shards: number;
}

/** The uid of actions: `nobody`, which Debian's passwd names. */
const ACTION_USER = 65534;

/**
 * The worker is root without root's powers but two: it removes what actions left in directories of their own.
 * It shares neither a root file system nor a uid with actions.
 */
const WORKER_CONTEXT = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsUser: 0,
  capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] },
};

const ACTION_CONTEXT = { ...CONFINED, runAsUser: ACTION_USER, runAsGroup: ACTION_USER };

/**
 * Declares a pool of workers. In each pod `worker` fetches inputs and stores outputs, and `runner`, a native sidecar
 * from the worker image, runs the action under another uid; the sidecar outlives the worker, so that a pod which is
 * told to stop first ends its action.
 *
 * The two still share the pod's network: an action can open connections that the NetworkPolicy allows the worker.
 */
export function declareWorkers(
  args: WorkersArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const { namespace, workers } = args;
  const name = `worker-${workers.architecture}`;
  const platform = platformProperties(workers.architecture, workers.workerImage);
  const configurations = {
    worker: workerConfiguration({ shards: args.shards, platform, inputCacheBytes: workers.inputCacheBytes }),
    runner: runnerConfiguration(),
  };
  const labels = { ...selector("worker"), "farm.build/architecture": workers.architecture };
  const metadata = { name, namespace, labels };
  const config = declareConfiguration(name, configurations, { namespace, labels }, options);
  return new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata,
      spec: {
        replicas: workers.replicas,
        selector: { matchLabels: labels },
        // A new pod of a busy node would wait for the old one's memory.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        template: {
          metadata: podMetadata("worker", { ...labels, "farm.build/emulated": String(args.pool.emulated) }),
          spec: workerPod(args, config),
        },
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap] },
  );
}

function workerPod(args: WorkersArgs, files: ConfigurationFiles): kubernetes.types.input.core.v1.PodSpec {
  const { workers } = args;
  const config = { name: "config", mountPath: "/config", readOnly: true };
  const programs = { name: "programs", mountPath: "/bb" };
  const socket = { name: "socket", mountPath: RUNNER_SOCKET.replace(/\/[^/]*$/, "") };
  const directories = [BUILD_DIRECTORY, CACHE_DIRECTORY].join(" ");
  return {
    ...podDefaults(args.pool),
    terminationGracePeriodSeconds: workers.drainSeconds,
    initContainers: [
      {
        name: "prepare",
        image: args.image,
        imagePullPolicy: args.imagePullPolicy,
        command: [
          "/bin/sh",
          "-euc",
          `cp /usr/local/bin/bb_runner /usr/local/bin/tini /bb/ && mkdir -p ${directories} && chmod 0777 ${BUILD_DIRECTORY} && chmod 0700 ${CACHE_DIRECTORY}`,
        ],
        resources: resources({ cpu: "10m", memory: "64Mi" }),
        securityContext: WORKER_CONTEXT,
        volumeMounts: [programs, { name: "worker", mountPath: "/worker" }],
      },
      {
        name: "runner",
        restartPolicy: "Always",
        image: workers.workerImage,
        imagePullPolicy: args.imagePullPolicy,
        command: underInit("/bb", "bb_runner", "/config/runner.json"),
        resources: resources(workers.action),
        securityContext: ACTION_CONTEXT,
        volumeMounts: [
          config,
          { ...programs, readOnly: true },
          socket,
          { name: "worker", mountPath: BUILD_DIRECTORY, subPath: "build" },
          ...TEMPORARY_DIRECTORIES.map((mountPath, index) => ({ name: `temporary-${index}`, mountPath })),
        ],
      },
    ],
    containers: [
      {
        ...program("bb_worker", "worker", args, { cpu: "50m", memory: "1Gi" }),
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        securityContext: WORKER_CONTEXT,
        volumeMounts: [config, socket, { name: "worker", mountPath: "/worker" }],
      },
    ],
    volumes: [
      files.volume,
      ...["programs", "socket", "worker"].map((name) => ({ name, emptyDir: {} })),
      ...TEMPORARY_DIRECTORIES.map((_, index) => ({ name: `temporary-${index}`, emptyDir: {} })),
    ],
  };
}

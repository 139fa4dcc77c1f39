import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { GATEWAY_ENDPOINT } from "../buildbarn/configuration/gateway";
import type { WorkerClass } from "../buildbarn/worker-class";
import type { Architecture, NodePool } from "../platform/platform";
import { gatewayContainer, gatewayVolumes } from "./gateway";
import { labelValue } from "./job-limits";
import type { JobPlan } from "./plan";

/** What every pod of a release is told, whatever its Job. */
export interface ReleasePods {
  /** The client image, by digest: `registry/client@sha256:…`. */
  readonly image: pulumi.Input<string>;
  readonly imagePullPolicy: pulumi.Input<string>;
  /** Image with BuildBarn's storage program, by digest: the gateway beside each client. */
  readonly gatewayImage: pulumi.Input<string>;
  /** The farm's frontend, `grpc://frontend.monofarm:8980`. */
  readonly frontend: string;
  /** The artifact store. */
  readonly s3: {
    readonly endpoint: pulumi.Input<string>;
    readonly region: pulumi.Input<string>;
    /** Names of the buckets by purpose. @default each is named as its purpose */
    readonly buckets?: Readonly<Record<"sources" | "matrix" | "release" | "logs", pulumi.Input<string>>>;
  };
  /** Secret with the keys `accessKeyId` and `secretAccessKey`, in the Jobs' namespace. @default none is needed */
  readonly credentialsSecret?: pulumi.Input<string>;
  /** Service account that the pods are: the farm knows them by it, and at AWS it has a role. */
  readonly serviceAccount: pulumi.Input<string>;
  /** Worker images by digest: what actions ask for, and what BuildBarn matches literally. */
  readonly workerImages: Partial<Readonly<Record<Architecture, pulumi.Input<string>>>>;
  /** Classes of workers that the farm has; with one, every action asks for it. */
  readonly workerClasses: readonly WorkerClass[];
  /** Architectures whose workers are emulated. @default none */
  readonly emulated?: readonly Architecture[];
  /** Where the clients run; their architecture has nothing to do with what they build. */
  readonly pool: Pick<NodePool, "nodeSelector" | "tolerations">;
}

/** The user of the client image. */
const USER = 65532;

/** A JVM that starts on half a core takes minutes: clients may burst to this, while they ask for less. */
const CPU_LIMIT = "2";

/** Folders that a client may write to; all else of its root is read-only. */
const VOLUMES = { work: "/work", tmp: "/tmp", home: "/home/client" } as const;

/** Exit code of a client whose targets are red: building again would not help. */
const EXIT_RED = 1;

/** Labels of a Job and its pods. */
export function jobLabels(release: string, job: JobPlan): Record<string, string> {
  return {
    "app.kubernetes.io/name": "release",
    "app.kubernetes.io/part-of": "monofarm",
    "farm.build/role": "client",
    "farm.build/release": labelValue(release, job.digest),
    "farm.build/stage": job.stage,
    "farm.build/architecture": job.architecture,
    "farm.build/cost-class": job.costClass,
    "farm.build/digest": job.digest.slice(0, 12),
  };
}

/** The spec of a plan's Job: Indexed, each index retried on its own, no time to live. */
export function jobSpec(release: string, job: JobPlan, pods: ReleasePods): kubernetes.types.input.batch.v1.JobSpec {
  return {
    completionMode: "Indexed",
    completions: job.shards.length,
    parallelism: job.parallelism,
    activeDeadlineSeconds: job.activeDeadlineSeconds,
    backoffLimitPerIndex: job.backoffLimitPerIndex,
    maxFailedIndexes: job.maxFailedIndexes,
    podReplacementPolicy: "Failed",
    podFailurePolicy: {
      rules: [
        // A lost node or an eviction says nothing about the targets, and does not count.
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        { action: "FailIndex", onExitCodes: { containerName: "client", operator: "In", values: [EXIT_RED] } },
      ],
    },
    template: { metadata: { labels: jobLabels(release, job) }, spec: podSpec(release, job, pods) },
  };
}

function podSpec(release: string, job: JobPlan, pods: ReleasePods): kubernetes.types.input.core.v1.PodSpec {
  const { cpu, memory, ephemeralStorage } = job.resources;
  return {
    restartPolicy: "Never",
    serviceAccountName: pods.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    nodeSelector: { ...pods.pool.nodeSelector },
    tolerations: pods.pool.tolerations.map((toleration) => ({ ...toleration })),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumes: [
      ...Object.keys(VOLUMES).map((name) => ({ name, emptyDir: { sizeLimit: ephemeralStorage } })),
      ...gatewayVolumes(pods.frontend),
    ],
    initContainers: [gatewayContainer(pods.gatewayImage, pods.imagePullPolicy)],
    containers: [
      {
        name: "client",
        image: pods.image,
        imagePullPolicy: pods.imagePullPolicy,
        command: ["/usr/local/bin/node", "/opt/monofarm/run-shard.js"],
        workingDir: VOLUMES.work,
        env: environment(release, job, pods),
        resources: {
          requests: { cpu, memory, "ephemeral-storage": ephemeralStorage },
          limits: { cpu: CPU_LIMIT, memory, "ephemeral-storage": ephemeralStorage },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: Object.entries(VOLUMES).map(([name, mountPath]) => ({ name, mountPath })),
      },
    ],
  };
}

/** JOB_COMPLETION_INDEX comes from Kubernetes. */
function environment(release: string, job: JobPlan, pods: ReleasePods): kubernetes.types.input.core.v1.EnvVar[] {
  const { amd64, arm64 } = pods.workerImages;
  const { credentialsSecret } = pods;
  const secret = (name: string, key: string) =>
    credentialsSecret === undefined ? [] : [{ name, valueFrom: { secretKeyRef: { name: credentialsSecret, key } } }];
  return [
    { name: "HOME", value: VOLUMES.home },
    { name: "TZ", value: "UTC" },
    { name: "MONOFARM_FRONTEND", value: GATEWAY_ENDPOINT },
    { name: "MONOFARM_S3", value: pods.s3.endpoint },
    { name: "AWS_REGION", value: pods.s3.region },
    ...secret("AWS_ACCESS_KEY_ID", "accessKeyId"),
    ...secret("AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
    { name: "MONOFARM_RELEASE", value: release },
    { name: "MONOFARM_JOB", value: job.name },
    { name: "MONOFARM_JOB_DIGEST", value: job.digest },
    ...(amd64 === undefined ? [] : [{ name: "MONOFARM_WORKER_IMAGE_AMD64", value: amd64 }]),
    ...(arm64 === undefined ? [] : [{ name: "MONOFARM_WORKER_IMAGE_ARM64", value: arm64 }]),
    { name: "MONOFARM_WORKER_CLASSES", value: pods.workerClasses.join(",") },
    ...Object.entries(pods.s3.buckets ?? {}).map(([purpose, value]) => ({
      name: `MONOFARM_BUCKET_${purpose.toUpperCase()}`,
      value,
    })),
    { name: "MONOFARM_EMULATED", value: (pods.emulated ?? []).join(",") },
  ];
}

import { z } from "zod";

import { CPU_LIMITS, WORKER_CLASSES, workersName } from "../../components/buildbarn/worker-class";
import { planPool } from "../../components/platform/aws/pool-plan";
import { refusalOf } from "../../components/user-error";

import { namesArchitecture } from "../../policies/predicates/architecture";
import { evaluate } from "../../policies/predicates/evaluate";
import type { Values } from "./check";
import { crossCheckEntrance, entranceSlice } from "./entrance";
import { crossCheckGithub, githubSlice, runnersSlice } from "./github";
import { architecture, platformSlice } from "./place";
import { storageSlice } from "./storage";
import { cpu, digest, mebibytes, memory, text, whole } from "./values";

const MIB = 2 ** 20;

/** `monofarm:images`: every image, by digest. */
export const imagesSlice = z.strictObject({
  buildbarn: digest,
  client: digest,
  s3: digest.optional(),
  /** Without it nobody looks at the farm's metrics. */
  prometheus: digest.optional(),
  /** On AWS: Cluster Autoscaler of the Kubernetes minor in `monofarm:platform.version`. */
  autoscaler: digest.optional(),
  workers: z.strictObject({ amd64: digest.optional(), arm64: digest.optional() }),
  pullPolicy: z.enum(["IfNotPresent", "Never"]).default("IfNotPresent"),
});

/** `monofarm:frontend`: the door for clients. */
export const frontendSlice = z
  .strictObject({
    /** Pods, spread over zones and nodes. */
    replicas: whole(1, 100),
  })
  .default({ replicas: 2 });

/** `monofarm:workers`: what builds. */
export const workersSlice = z.strictObject({
  /** Seconds that any action may take. */
  maximumActionSeconds: whole(1, 86_400),
  /** Seconds for which workers that follow their queue stay when it gets shorter. */
  idleSeconds: whole(60, 86_400).default(600),
  pools: z
    .array(
      z.strictObject({
        architecture,
        /** What an action may take: `narrow` one core, `wide` as many as its node has to spare. */
        class: z.enum(WORKER_CLASSES).default("wide"),
        /** Pods; each runs one action at a time. Between bounds they follow their queue. */
        replicas: z.union(
          [whole(0, 10_000), z.strictObject({ minimum: whole(0, 10_000), maximum: whole(1, 10_000) })],
          "a whole number from 0 to 10000, or { minimum, maximum } of them",
        ),
        /** Requested for an action. */
        cpu,
        memory,
        inputCacheMiB: mebibytes(1, 1_000_000),
        /** What an action may write beside its inputs, in MiB. */
        diskMiB: mebibytes(1, 1_000_000).default(20_480 * MIB),
      }),
    )
    .min(1, "at least one pool"),
});

/** `monofarm:artifacts`: a server of the farm's own, or a service that exists. */
export const artifactsSlice = z.strictObject({
  prefix: text(
    "lower-case letters, digits and hyphens, the first of them no hyphen",
    /^([a-z0-9][a-z0-9-]*)?$/,
  ).default(""),
  forceDestroy: z.boolean().default(false),
  /** How long nobody at all may change or delete what was released; `none` must be said. */
  releaseLock: z.union(
    [z.literal("none"), z.strictObject({ days: whole(1, 36_500) })],
    "{ days: N }, from 1 to 36500, or none where the service cannot lock",
  ),
  own: z.strictObject({ volumeMiB: mebibytes(1, 100_000_000) }).optional(),
  existing: z
    .strictObject({
      endpoint: z.url({ protocol: /^https?$/, error: "a URL, https or http" }),
      region: z.string(),
      accessKeyId: z.string(),
      secretAccessKey: z.string(),
    })
    .optional(),
});

/** Every key of a farm's stack. */
export const FARM_SLICES = {
  program: z.literal("farm"),
  platform: platformSlice,
  images: imagesSlice,
  storage: storageSlice,
  frontend: frontendSlice,
  workers: workersSlice,
  artifacts: artifactsSlice,
  github: githubSlice,
  runners: runnersSlice,
  entrance: entranceSlice,
} as const;

/** Notes a mistake: the key, what was found, what is allowed. */
export type Refuse = (key: string, found: unknown, allowed: string) => void;

/** What no slice sees by itself: slices that do not fit each other. */
export function crossCheckFarm(config: Values<typeof FARM_SLICES>, refuse: Refuse): void {
  const { platform, images, workers, artifacts } = config;
  crossCheckGithub(config, refuse);
  crossCheckEntrance(config, refuse);
  for (const [index, { architecture, class: workerClass }] of workers.pools.entries()) {
    const path = `workers.pools.${index}.architecture`;
    const name = workersName(architecture, workerClass);
    if (workers.pools.findIndex((pool) => workersName(pool.architecture, pool.class) === name) !== index)
      refuse(path, `${architecture}, ${workerClass}`, "one pool of each class of an architecture");
    if (images.workers[architecture] === undefined)
      refuse(`images.workers.${architecture}`, undefined, `an image by digest, for monofarm:${path} asks for it`);
    if (!platform.pools.some((pool) => pool.role === "worker" && pool.architecture === architecture))
      refuse(path, architecture, "what monofarm:platform.pools has a pool of role worker for");
  }
  crossCheckClasses(workers.pools, refuse);
  crossCheckReplicas(config, refuse);
  for (const role of ["system", "storage", "client"] as const) {
    if (!platform.pools.some((pool) => pool.role === role))
      refuse("platform.pools", `no pool of role ${role}`, "one of amd64 or arm64");
  }
  if (platform.kind === "kubernetes") {
    for (const [index, pool] of platform.pools.entries()) {
      if (pool.role === "worker" && evaluate(namesArchitecture("nodeSelector"), pool).answer !== "yes")
        refuse(`platform.pools.${index}.nodeSelector`, pool.nodeSelector, `kubernetes.io/arch: ${pool.architecture}`);
    }
  }
  const { own, existing, releaseLock, forceDestroy, prefix } = artifacts;
  if (platform.kind === "aws") {
    if (own !== undefined || existing !== undefined)
      refuse("artifacts", own === undefined ? "existing" : "own", "neither own nor existing: on AWS buckets are AWS'");
    if (releaseLock === "none") refuse("artifacts.releaseLock", releaseLock, "{ days: N }: S3 can lock");
    if (forceDestroy) refuse("artifacts.forceDestroy", forceDestroy, "false on AWS");
    if (images.autoscaler === undefined)
      refuse(
        "images.autoscaler",
        undefined,
        `Cluster Autoscaler ${platform.version}, by digest: it owns how many nodes there are`,
      );
    if (prefix.length < 3 || prefix.length > 50)
      refuse("artifacts.prefix", prefix, "3 to 50 characters, for names of buckets are the whole world's");
    for (const [index, spec] of platform.pools.entries()) {
      const mistake = refusalOf(() => planPool(spec, `platform.pools.${index}`));
      if (mistake !== undefined) refuse(mistake.where, mistake.found, mistake.allowed);
    }
  }
  if (platform.kind !== "aws" && (own === undefined) === (existing === undefined))
    refuse("artifacts", own === undefined ? "neither own nor existing" : "both own and existing", "one of them");
  if (own !== undefined && images.s3 === undefined)
    refuse("images.s3", undefined, "an image by digest, for monofarm:artifacts.own runs it");
  if (releaseLock !== "none" && forceDestroy)
    refuse("artifacts.forceDestroy", true, "false, for nobody can destroy what monofarm:artifacts.releaseLock holds");
  if (platform.kind === "kubernetes" && existing !== undefined) {
    const port = portOf(existing.endpoint);
    if (platform.s3 === undefined)
      refuse("platform.s3", undefined, "cidrs and port of monofarm:artifacts.existing, for the pods of releases");
    else if (platform.s3.port !== port)
      refuse("platform.s3.port", platform.s3.port, `${port}, the port of monofarm:artifacts.existing.endpoint`);
  }
}

/** What a class promises, and that all architectures have the same: clients are told of one list. */
function crossCheckClasses(pools: Values<typeof FARM_SLICES>["workers"]["pools"], refuse: Refuse): void {
  const classesOf = (architecture: string) =>
    WORKER_CLASSES.filter((one) => pools.some((pool) => pool.architecture === architecture && pool.class === one));
  const [first] = pools;
  for (const [index, { architecture, class: workerClass, cpu }] of pools.entries()) {
    const most = CPU_LIMITS[workerClass];
    if (most !== undefined && cores(cpu) > cores(most))
      refuse(`workers.pools.${index}.cpu`, cpu, `at most ${most}, for class ${workerClass}`);
    const classes = classesOf(first?.architecture ?? architecture);
    if (
      classesOf(architecture).join() !== classes.join() &&
      pools.findIndex((pool) => pool.architecture === architecture) === index
    )
      refuse(
        `workers.pools.${index}.class`,
        `${classesOf(architecture).join(" and ")} for ${architecture}`,
        `the classes of ${first?.architecture}, ${classes.join(" and ")}: a client asks for the same of each architecture`,
      );
  }
}

/** What workers that follow their queue need, and where all of them must. */
function crossCheckReplicas(
  { platform, images, workers }: Pick<Values<typeof FARM_SLICES>, "platform" | "images" | "workers">,
  refuse: Refuse,
): void {
  for (const [index, { replicas }] of workers.pools.entries()) {
    const path = `workers.pools.${index}.replicas`;
    if (typeof replicas === "number") {
      if (platform.kind === "aws")
        refuse(path, replicas, "{ minimum, maximum }: on AWS workers follow their queue, and nodes follow them");
      continue;
    }
    if (replicas.minimum > replicas.maximum)
      refuse(`${path}.minimum`, replicas.minimum, `at most the maximum, ${replicas.maximum}`);
    if (images.prometheus === undefined)
      refuse("images.prometheus", undefined, `an image by digest: it counts the queue that monofarm:${path} follows`);
  }
}

function portOf(endpoint: string): number {
  const { port, protocol } = new URL(endpoint);
  return Number(port || (protocol === "https:" ? 443 : 80));
}

function cores(quantity: string): number {
  return quantity.endsWith("m") ? parseFloat(quantity) / 1000 : parseFloat(quantity);
}

import { z } from "zod";

const MIB = 2 ** 20;
const digest = z.string().regex(/@sha256:[0-9a-f]{64}$/, "an image by digest, name@sha256:<64 hexadecimal digits>");
const quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti)?$/, "a Kubernetes quantity, such as 500m or 2Gi");
const whole = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most}`;
  return z.number(message).int(message).min(least, message).max(most, message);
};
const architecture = z.enum(["amd64", "arm64"]);
/** Mebibytes, given as a whole number; bytes inside. */
const mebibytes = (least: number, most: number) => whole(least, most).transform((value) => value * MIB);

const pool = z.strictObject({
  role: z.enum(["system", "storage", "worker", "client"]),
  architecture,
  /** Runs under qemu-user. */
  emulated: z.boolean().default(false),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(["Exists", "Equal"]),
        value: z.string().optional(),
        effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
      }),
    )
    .default([]),
});

/** `monofarm:platform`: the cluster that the farm stands in. */
export const platformSlice = z.strictObject({
  /** Path of a kubeconfig. */
  kubeconfig: z.string().min(1, "the path of a kubeconfig"),
  context: z.string().optional(),
  pools: z.array(pool).min(1, "at least one pool"),
  storageClassName: z.string().optional(),
  localVolumes: z
    .strictObject({ directory: z.string().startsWith("/", "an absolute path"), node: z.string() })
    .optional(),
});

/** `monofarm:images`: every image, by digest. */
export const imagesSlice = z.strictObject({
  buildbarn: digest,
  client: digest,
  s3: digest.optional(),
  workers: z.strictObject({ amd64: digest.optional(), arm64: digest.optional() }),
  pullPolicy: z.enum(["IfNotPresent", "Never"]).default("IfNotPresent"),
});

const store = (sizeMiB: z.ZodType<number, number>) =>
  z.strictObject({
    /** A shard's store, in MiB. */
    sizeMiB,
    /** Mean blob, in bytes. */
    meanBlobBytes: whole(1, 2 ** 30),
    /** Largest blob, in MiB. */
    largestBlobMiB: mebibytes(1, 1_000_000),
  });

/** `monofarm:storage`: the CAS and the action cache. */
export const storageSlice = z.strictObject({
  shards: whole(1, 64),
  cas: store(mebibytes(1, 10_000_000)),
  ac: store(mebibytes(1, 10_000_000)),
});

/** `monofarm:workers`: what builds. */
export const workersSlice = z.strictObject({
  /** Seconds that any action may take. */
  maximumActionSeconds: whole(1, 86_400),
  pools: z
    .array(
      z.strictObject({
        architecture,
        /** Pods; each runs one action at a time. */
        replicas: whole(0, 10_000),
        /** Requested for an action. */
        cpu: quantity,
        memory: quantity,
        inputCacheMiB: mebibytes(1, 1_000_000),
      }),
    )
    .min(1, "at least one pool"),
});

/** `monofarm:artifacts`: a server of the farm's own, or a service that exists. */
export const artifactsSlice = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z0-9-]*$/, "lower-case letters, digits and hyphens")
    .default(""),
  forceDestroy: z.boolean().default(false),
  own: z.strictObject({ volumeMiB: mebibytes(1, 100_000_000) }).optional(),
  existing: z
    .strictObject({
      endpoint: z.url("a URL"),
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
  workers: workersSlice,
  artifacts: artifactsSlice,
} as const;

import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
/** In the main repository, or in another: `//postgres:postgres~16.9~full`, `@pg//16.9/full:tar`. */
export const LABEL = /^(@[A-Za-z0-9._~+-]+)?\/\/\S+$/;
const label = z.string().regex(LABEL, "a Bazel label");
const architecture = z.enum(["amd64", "arm64"]);

const targetResult = z
  .object({
    label,
    status: z.enum(["built", "cached", "failed", "skipped"]),
    /** Key of the artifact in the release bucket. */
    sha256: sha256.optional(),
    /** Bytes of the artifact. */
    size: z.number().int().nonnegative().optional(),
    /** Wall seconds from the target's first action to its last; 0 where nothing ran. */
    seconds: z.number().nonnegative(),
    /** Why it failed or was skipped. */
    message: z.string().optional(),
  })
  .strict();

/** What a pod of a release Job reads: `<jobDigest>/<index>.json` in the matrix bucket. */
export const shardFileSchema = z
  .object({
    version: z.literal(1),
    release: z.string().min(1),
    job: z.string().min(1),
    index: z.number().int().nonnegative(),
    architecture,
    /** Bazel labels, sorted. */
    labels: z.array(label).min(1),
    /** Source archives that the labels need, by sha256: objects `sha256/<hex>` of the sources bucket. */
    sources: z.array(sha256),
    /** sha256 of the Bazel workspace: object `workspace/<sha256>.tar` of the matrix bucket. */
    workspace: sha256,
  })
  .strict();

/** How messages name what `shardResultSchema` describes. */
export const RESULT = "the result of an index";

/** What an index of a release Job leaves behind: `result.json` in the logs bucket. */
export const shardResultSchema = z
  .object({
    version: z.literal(1),
    release: z.string().min(1),
    job: z.string().min(1),
    index: z.number().int().nonnegative(),
    architecture,
    /** True where the workers emulate the architecture: such artifacts are for tests alone. */
    emulated: z.boolean(),
    /** Bazel's exit code: 0 all green, 1 a target is red. */
    exitCode: z.number().int(),
    /** ISO 8601, UTC. */
    startedAt: z.iso.datetime(),
    /** Wall seconds of the whole index. */
    seconds: z.number().nonnegative(),
    actions: z
      .object({
        total: z.number().int().nonnegative(),
        cacheHits: z.number().int().nonnegative(),
        remote: z.number().int().nonnegative(),
      })
      .strict(),
    targets: z.array(targetResult),
  })
  .strict();

/** One shard, as it is stored. */
export type ShardFile = z.infer<typeof shardFileSchema>;
/** What became of one shard. */
export type ShardResult = z.infer<typeof shardResultSchema>;
/** What became of one target. */
export type TargetResult = z.infer<typeof targetResult>;

/** Five digits: `7` → `00007`. Indexes of a Job never exceed 99999. */
export function indexDigits(index: number): string {
  return String(index).padStart(5, "0");
}

/** Key of a shard's list in the matrix bucket. */
export function shardKey(jobDigest: string, index: number): string {
  return `${jobDigest}/${indexDigits(index)}.json`;
}

/** Key of the Bazel workspace in the matrix bucket. */
export function workspaceKey(sha256: string): string {
  return `workspace/${sha256}.tar`;
}

/** Key of a file that an index leaves in the logs bucket. */
export function logKey(
  release: string,
  job: string,
  index: number,
  file: "result.json" | "progress.json" | "log.txt" | "bep.json",
): string {
  return `${release}/${job}/${indexDigits(index)}/${file}`;
}

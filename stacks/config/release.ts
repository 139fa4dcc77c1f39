import { z } from "zod";

import { text, whole } from "./values";

/** Every key of a release's stack. */
export const RELEASE_SLICES = {
  program: z.literal("release"),
  /**
   * The farm that builds it: the name of its stack, `organization/monofarm/<name>`, or a file of the project with its
   * facts, `farm.json`, for those who must not read the farm's state.
   */
  farm: text("the name of a farm's stack, or a file with its facts", /./),
  release: z.strictObject({
    /** Folder of the index, from the root of the project. */
    index: text("a folder", /./),
    /** Label patterns; none means everything that is not manual. */
    targets: z.array(z.string()).default([]),
    architectures: z
      .array(z.enum(["amd64", "arm64"]))
      .min(1, "amd64, arm64 or both")
      .default(["amd64"]),
    /** Option sets of PostgreSQL. @default all that the index has */
    optionSets: z.array(z.string()).optional(),
    /** CPU-seconds of a shard: what one Bazel client leads through the farm. @default 18000 (5 core-hours) */
    shardCpuSeconds: whole(1, 10_000_000).optional(),
    /** Pods at once in each Job. @default as many as the farm has workers */
    parallelism: whole(1, 100_000).optional(),
    /** sha256 of the Bazel workspace in the matrix bucket. */
    workspace: text("the sha256 of a stored workspace: ./farm release stores it", /^[0-9a-f]{64}$/),
  }),
} as const;

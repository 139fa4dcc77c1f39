import { z } from "zod";

/** What a running index tells its followers: `progress.json` beside its result. */
export const shardProgressSchema = z
  .object({
    version: z.literal(1),
    /** ISO 8601, UTC: of this run of the index. */
    startedAt: z.iso.datetime(),
    /** What the pod does. */
    phase: z.enum(["preparing", "building", "storing"]),
    /** Actions that are done; cache hits count. */
    done: z.number().int().nonnegative(),
    /** Actions known so far: grows while Bazel looks further. */
    total: z.number().int().nonnegative(),
    /** Labels of targets that are red. */
    failed: z.array(z.string()),
  })
  .strict();

/** How far an index is. */
export type ShardProgress = z.infer<typeof shardProgressSchema>;

/** Actions done and in all, from the line that Bazel keeps printing: `[1,012 / 2,034] Building …`. */
export function readProgressLine(line: string): { done: number; total: number } | undefined {
  const found = /^\[([\d,]+) \/ ([\d,]+)\]/.exec(line);
  if (found === null) return undefined;
  const [done = 0, total = 0] = found.slice(1).map((digits) => Number(digits.replaceAll(",", "")));
  return { done, total };
}

import type { JobPlan, ReleasePlan } from "./plan";
import { type ShardFile, shardKey } from "./result";

/** A shard list on its way to the matrix bucket. */
export interface ShardObject {
  readonly key: string;
  readonly file: ShardFile;
}

/**
 * The lists that a release's pods read, one by one: a plan may have thousands, of many megabytes together.
 * @param workspace sha256 of the Bazel workspace's tar
 */
export function* shardObjects(plan: ReleasePlan, workspace: string): Generator<ShardObject> {
  for (const job of plan.jobs) {
    for (const index of job.shards.keys()) {
      yield { key: shardKey(job.digest, index), file: shardFile(plan.id, job, index, workspace) };
    }
  }
}

/** One list. Its bytes are `JSON.stringify(file)`, the same in every run. */
export function shardFile(release: string, job: JobPlan, index: number, workspace: string): ShardFile {
  const { labels = [], sources = [] } = job.shards[index] ?? {};
  return {
    version: 1,
    release,
    job: job.name,
    index,
    architecture: job.architecture,
    labels: [...labels],
    sources: [...sources],
    workspace,
  };
}

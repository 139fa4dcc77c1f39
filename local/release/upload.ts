import { basename } from "node:path";

import type { ReleasePlan } from "../../components/matrix/plan";
import { workspaceKey } from "../../components/matrix/result";
import type { Store } from "../../components/matrix/run-shard/store";
import { shardObjects } from "../../components/matrix/shard-files";
import type { Progress } from "../terminal/progress";
import type { Workspace } from "./workspace";

/** Puts what the pods of a release will read into the store; every key names its content, so nothing is written twice. */
export async function upload(
  store: Store,
  buckets: { readonly sources: string; readonly matrix: string },
  plan: ReleasePlan,
  workspace: Workspace,
  sources: readonly string[],
  progress: Progress,
): Promise<void> {
  await progress.task("Store sources and shard lists", 5, async (report) => {
    let stored = 0;
    const count = (isNew: boolean) => {
      if (isNew) stored += 1;
    };
    for (const [index, file] of sources.entries()) {
      report.fraction(index / sources.length);
      const sha256 = basename(file);
      count(await store.putOnce(buckets.sources, `sha256/${sha256}`, file, sha256));
    }
    count(await store.putOnce(buckets.matrix, workspaceKey(workspace.sha256), workspace.tar, workspace.sha256));
    for (const { key, file } of shardObjects(plan, workspace.sha256)) {
      count(await store.putTextOnce(buckets.matrix, key, JSON.stringify(file)));
    }
    report.note(stored === 0 ? "(all there)" : `(${stored} new)`);
  });
}

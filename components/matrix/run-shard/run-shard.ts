import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";

import { logKey, type ShardFile } from "../result";
import { EXIT_STOPPED, type Places, places, runBazel } from "./bazel";
import { type BuildEvents, readBuildEvents } from "./build-events";
import { readExecutionLog, readSeconds } from "./execution-log";
import { fetchInputs, readShard } from "./inputs";
import { readProgressLine, type ShardProgress } from "./progress";
import type { Settings } from "./settings";
import { infrastructureFault, type StoredFile, shardResult, targetResults } from "./shard-result";
import { sha256Of, type Store } from "./store";

/** Exit code of whatever is not a target's fault: Kubernetes tries the index again. */
export const EXIT_INFRASTRUCTURE = 3;

/** Milliseconds between two reports of progress. */
const PROGRESS_MS = 3000;

/** Characters of what a failed action printed on either stream that its result quotes: the end of it. */
const QUOTED_BYTES = 4000;

/**
 * One index of a release: from its list to its result.
 * @param work folder for everything
 * @param stop aborted when the pod is to end
 * @returns 0 all green, 1 a target is red, 143 stopped, 3 anything else
 */
export async function runShard(settings: Settings, store: Store, work: string, stop: AbortSignal): Promise<number> {
  const startedAt = new Date();
  const { release, job, index, buckets } = settings;
  const at = places(work);
  const key = (file: Parameters<typeof logKey>[3]) => logKey(release, job, index, file);
  // What an earlier run of this very index left is not this one's result.
  await store.remove(buckets.logs, key("result.json"));
  const progress = new Progress(store, buckets.logs, key("progress.json"), startedAt);
  try {
    const shard = await readShard(store, buckets.matrix, settings.jobDigest, index);
    await fetchInputs(store, buckets, shard, at);
    progress.update({ phase: "building" });
    const { architecture, labels } = shard;
    const memory = Math.min(process.constrainedMemory(), totalmem());
    const exitCode = await runBazel(
      { ...settings, places: at, architecture, labels, memory },
      settings.bazelEnvironment,
      (line) => {
        progress.update(readProgressLine(line) ?? {});
        if (line.startsWith("ERROR: ")) progress.update({ failed: failedLabels(at, labels) });
      },
      stop,
    );
    progress.update({ phase: "storing" });
    const events = readBuildEvents(textOf(at.buildEvents));
    await store.putText(buckets.logs, key("log.txt"), textOf(at.log));
    await store.putText(buckets.logs, key("bep.json"), textOf(at.buildEvents));
    if (stop.aborted) return EXIT_STOPPED;
    const fault = infrastructureFault(exitCode, events);
    if (fault !== undefined) {
      process.stderr.write(`run-shard: ${fault}: not the fault of a target; the index is tried again\n`);
      return EXIT_INFRASTRUCTURE;
    }
    const spawns = readExecutionLog(textOf(at.executionLog).split("\n"));
    const seconds = readSeconds(textOf(at.profile));
    const stored = await storeOutputs(store, buckets.release, shard, events);
    const targets = targetResults(shard, {
      events,
      spawns,
      seconds,
      stored,
      printed: ({ printed }) => printed.map(quote).join(""),
    });
    const emulated = settings.emulated.includes(architecture);
    const total = (Date.now() - startedAt.getTime()) / 1000;
    const result = shardResult(shard, emulated, startedAt, total, targets, spawns);
    await progress.end();
    await store.putText(buckets.logs, key("result.json"), JSON.stringify(result));
    return result.exitCode;
  } finally {
    await progress.end();
  }
}

/** Stores every output of the shard's green targets by its digest; gives them by path. */
async function storeOutputs(
  store: Store,
  bucket: string,
  shard: ShardFile,
  events: BuildEvents,
): Promise<Map<string, StoredFile>> {
  const stored = new Map<string, StoredFile>();
  for (const label of shard.labels) {
    const target = events.targets.get(label);
    if (target?.success !== true) continue;
    for (const { path, uri } of target.outputs) {
      if (stored.has(path)) continue;
      const file = fileURLToPath(uri);
      const sha256 = await sha256Of(file);
      await store.putOnce(bucket, `sha256/${sha256}`, file, sha256);
      stored.set(path, { sha256, size: statSync(file).size });
    }
  }
  return stored;
}

/** Reports what an index does, in the background: only a display misses it when it fails. */
class Progress {
  private state: ShardProgress;
  private written = "";
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly bucket: string,
    private readonly key: string,
    startedAt: Date,
  ) {
    const times = { version: 1, startedAt: startedAt.toISOString() } as const;
    this.state = { ...times, phase: "preparing", done: 0, total: 0, failed: [] };
    this.timer = setInterval(() => {
      this.write();
    }, PROGRESS_MS);
    this.write();
  }

  update(change: Partial<ShardProgress>): void {
    this.state = { ...this.state, ...change };
  }

  /** No report is on its way after this. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
  }

  private write(): void {
    const text = JSON.stringify(this.state);
    if (text === this.written) return;
    this.written = text;
    this.writing = this.writing.then(() => this.store.putText(this.bucket, this.key, text).catch(() => undefined));
  }
}

function failedLabels(at: Places, labels: readonly string[]): string[] {
  const { targets, failures } = readBuildEvents(textOf(at.buildEvents));
  return labels.filter((label) => failures.has(label) || targets.get(label)?.success === false);
}

/** The end of a file that Bazel names, whole lines, at most `QUOTED_BYTES`. */
function quote(uri: string): string {
  const text = textOf(fileURLToPath(uri));
  if (text.length <= QUOTED_BYTES) return text;
  const end = text.slice(-QUOTED_BYTES);
  return end.slice(end.indexOf("\n") + 1);
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Removes what an earlier container of the same pod left: Bazel would take old events for its own. */
export function clean(work: string): void {
  const { buildEvents, executionLog, profile, log } = places(work);
  for (const file of [buildEvents, executionLog, profile, log]) rmSync(file, { force: true });
}

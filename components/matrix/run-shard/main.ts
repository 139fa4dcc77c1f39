/** What the client container of a release Job runs: one shard, from its list to its result. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import {
  indexDigits,
  logKey,
  type ShardFile,
  shardFileSchema,
  shardKey,
  type ShardResult,
  type TargetResult,
  workspaceKey,
} from "../result";
import { type Invocation, runBazel } from "./bazel";
import { type BazelTarget, failureText, readBuildEvents, readExecutionLog, readProgress, type Spawn } from "./outcome";
import { sha256Of, Store } from "./store";

/** Bazel's exit codes for a build that was possible and went red (bazel.build/run/scripts). */
const RED = new Set([1]);

/** Everything that went wrong is not the targets': Kubernetes tries the index again. */
const INFRASTRUCTURE = 3;

const WORK = "/work";
const PROGRESS_MS = 3000;

const stop = new AbortController();
process.on("SIGTERM", () => {
  stop.abort();
});

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`environment: ${name}: found nothing; allowed: what job-spec.ts sets`);
  return value;
}

async function main(): Promise<number> {
  const startedAt = new Date();
  const index = Number(variable("JOB_COMPLETION_INDEX"));
  const [release, job] = [variable("MONOFARM_RELEASE"), variable("MONOFARM_JOB")];
  const store = new Store(variable("MONOFARM_S3"), variable("AWS_REGION"));
  const shard = await readShard(store, variable("MONOFARM_JOB_DIGEST"), index);
  const invocation = await prepare(store, shard);

  let progress = { done: 0, total: 0 };
  const key = `${release}/${job}/${indexDigits(index)}/progress.json`;
  const timer = setInterval(() => {
    // Only a display misses it when it fails.
    store.putText("logs", key, JSON.stringify(progress)).catch(() => undefined);
  }, PROGRESS_MS);
  const exitCode = await runBazel(invocation, (line) => (progress = readProgress(line) ?? progress), stop.signal);
  clearInterval(timer);

  const log = readIfThere(invocation.log);
  const built = readBuildEvents(readIfThere(invocation.buildEvents));
  const spawns = readExecutionLog(readIfThere(invocation.executionLog));
  await store.putText("logs", logKey(release, job, index, "log.txt"), log);
  await store.putText("logs", logKey(release, job, index, "bep.json"), readIfThere(invocation.buildEvents));
  if (stop.signal.aborted) return 143;
  if (exitCode !== 0 && !RED.has(exitCode)) {
    process.stderr.write(`bazel ended with ${exitCode}: not the targets' fault, the index is tried again\n`);
    return INFRASTRUCTURE;
  }

  const targets: TargetResult[] = [];
  for (const label of shard.labels)
    targets.push(await keep(store, invocation.workspace, label, built.get(label), spawns, log));
  const red = targets.some(({ status }) => status === "failed" || status === "skipped");
  const result: ShardResult = {
    version: 1,
    release,
    job,
    index,
    architecture: shard.architecture,
    emulated: (process.env["MONOFARM_EMULATED"] ?? "").split(",").includes(shard.architecture),
    exitCode: red ? 1 : 0,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    actions: {
      total: spawns.length,
      cacheHits: spawns.filter(({ cacheHit }) => cacheHit).length,
      remote: spawns.filter(({ runner }) => runner === "remote").length,
    },
    targets,
  };
  await store.putText("logs", logKey(release, job, index, "result.json"), JSON.stringify(result));
  return result.exitCode;
}

async function readShard(store: Store, digest: string, index: number): Promise<ShardFile> {
  const key = shardKey(digest, index);
  const text = await store.text("matrix", key);
  if (text === undefined)
    throw new Error(`s3://matrix/${key}: found nothing; allowed: the list that ./farm release stores`);
  return shardFileSchema.parse(JSON.parse(text));
}

/** Brings workspace and sources to the pod's disk. */
async function prepare(store: Store, shard: ShardFile): Promise<Invocation> {
  const at = (name: string) => join(WORK, name);
  for (const name of ["workspace", "sources", "bazel"]) mkdirSync(at(name), { recursive: true });
  await store.fetch("matrix", workspaceKey(shard.workspace), shard.workspace, at("workspace.tar"));
  execFileSync("tar", ["--extract", "--file", at("workspace.tar"), "--directory", at("workspace")]);
  for (const sha256 of shard.sources)
    await store.fetch("sources", `sha256/${sha256}`, sha256, join(at("sources"), sha256));
  const image = variable(`MONOFARM_WORKER_IMAGE_${shard.architecture.toUpperCase()}`);
  return {
    workspace: at("workspace"),
    sources: at("sources"),
    architecture: shard.architecture,
    labels: shard.labels,
    frontend: variable("MONOFARM_FRONTEND"),
    workerImages: { [shard.architecture]: image },
    buildEvents: at("bep.json"),
    executionLog: at("executions.json"),
    log: at("log.txt"),
    outputRoot: at("bazel"),
  };
}

/** Stores what a target made; says what became of it. */
async function keep(
  store: Store,
  workspace: string,
  label: string,
  target: BazelTarget | undefined,
  spawns: readonly Spawn[],
  log: string,
): Promise<TargetResult> {
  const [output] = target?.outputs ?? [];
  if (target?.success !== true || output === undefined) {
    const message = failureText(log, label) ?? target?.message ?? "Bazel did not come to it";
    return { label, status: target === undefined ? "skipped" : "failed", seconds: 0, message };
  }
  const file = join(workspace, output);
  const sha256 = await sha256Of(file);
  await store.putOnce("release", `sha256/${sha256}`, file);
  const spawn = spawns.find(({ outputs }) => outputs.includes(output));
  const status = spawn?.cacheHit === true ? ("cached" as const) : ("built" as const);
  return { label, status, sha256, size: statSync(file).size, seconds: spawn?.seconds ?? 0 };
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`run-shard: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = INFRASTRUCTURE;
  },
);

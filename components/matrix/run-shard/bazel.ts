import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";

import type { Architecture } from "../../platform/platform";

/** One Bazel invocation of a shard. */
export interface Invocation {
  readonly workspace: string;
  /** Folder of source archives, each named by its sha256. */
  readonly sources: string;
  readonly architecture: Architecture;
  readonly labels: readonly string[];
  /** `grpc://host:port` */
  readonly frontend: string;
  /** Worker images by digest. */
  readonly workerImages: Partial<Readonly<Record<Architecture, string>>>;
  readonly buildEvents: string;
  readonly executionLog: string;
  readonly log: string;
  /** Names what the client runs under, so that its server can be stopped. */
  readonly outputRoot: string;
}

/** Arguments of `bazel`. Labels come last, after `--`. */
export function bazelArguments(invocation: Invocation): string[] {
  const images = Object.entries(invocation.workerImages).map(
    ([architecture, image]) => `--repo_env=MONOFARM_WORKER_IMAGE_${architecture.toUpperCase()}=${image}`,
  );
  return [
    `--output_user_root=${invocation.outputRoot}`,
    "build",
    `--config=linux-${invocation.architecture}`,
    "--config=remote",
    `--remote_executor=${invocation.frontend}`,
    `--repo_env=MONOFARM_SOURCES=${invocation.sources}`,
    ...images,
    `--build_event_json_file=${invocation.buildEvents}`,
    `--execution_log_json_file=${invocation.executionLog}`,
    "--color=no",
    "--curses=no",
    "--show_progress_rate_limit=2",
    "--",
    ...invocation.labels,
  ];
}

/**
 * Runs Bazel to its end; everything that it prints goes to the log.
 * @param onLine called with each line
 * @param stop ends Bazel when it is aborted
 * @returns Bazel's exit code
 */
export async function runBazel(
  invocation: Invocation,
  onLine: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  const child = spawn("bazel", bazelArguments(invocation), {
    cwd: invocation.workspace,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(invocation.log, { flags: "a" });
  let rest = "";
  const take = (chunk: Buffer) => {
    log.write(chunk);
    process.stdout.write(chunk);
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  stop.addEventListener("abort", () => child.kill("SIGINT"));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? 143);
    });
  });
  await new Promise<void>((resolve) => {
    log.end(resolve);
  });
  return code;
}

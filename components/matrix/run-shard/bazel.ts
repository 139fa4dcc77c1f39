import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";

import type { Architecture } from "../../platform/platform";

/** Folder by folder, what a pod works with: all below one writable folder. */
export function places(work: string) {
  return {
    /** The Bazel workspace, unpacked. */
    workspace: join(work, "workspace"),
    workspaceTar: join(work, "workspace.tar"),
    /** Source archives, each named by its sha256. */
    sources: join(work, "sources"),
    outputRoot: join(work, "bazel"),
    buildEvents: join(work, "bep.json"),
    executionLog: join(work, "executions.json"),
    profile: join(work, "profile.json"),
    log: join(work, "log.txt"),
  };
}

/** What `places` gives. */
export type Places = ReturnType<typeof places>;

/** One Bazel invocation of a shard. */
export interface Invocation {
  readonly places: Places;
  readonly architecture: Architecture;
  readonly labels: readonly string[];
  /** `grpc://host:port` */
  readonly frontend: string;
  /** Worker images by digest: their platforms ask for them. */
  readonly workerImages: Partial<Readonly<Record<Architecture, string>>>;
  /** Classes of workers that the farm has: their platforms ask for one. */
  readonly workerClasses: readonly string[];
  /** Memory of the pod in bytes; Bazel's heap gets six tenths. */
  readonly memory: number;
}

/** Bazel's heap beside the rest of the pod: the JVM itself, this program, files being unpacked. */
const HEAP_SHARE = 0.6;

/** Flags of Bazel's own start: no rc file but the workspace's. */
export const STARTUP_FLAGS = ["--nosystem_rc", "--nohome_rc"] as const;

/** Debian's Bazel has beside it what others carry inside; its system rc file, which says so, is not read. */
const INSTALLED = ["--install_base=/usr/share/bazel", "--trust_install_base"] as const;

/** Arguments of `bazel`. Labels come last, after `--`. */
export function bazelArguments({ places: at, ...invocation }: Invocation): string[] {
  const images = Object.entries(invocation.workerImages).map(
    ([architecture, image]) => `--repo_env=MONOFARM_WORKER_IMAGE_${architecture.toUpperCase()}=${image}`,
  );
  return [
    ...STARTUP_FLAGS,
    ...INSTALLED,
    `--output_user_root=${at.outputRoot}`,
    // One process, which ends with the build.
    "--batch",
    `--host_jvm_args=-Xmx${Math.floor((invocation.memory * HEAP_SHARE) / 2 ** 20)}m`,
    "build",
    `--config=linux-${invocation.architecture}`,
    "--config=remote",
    `--remote_executor=${invocation.frontend}`,
    `--repo_env=MONOFARM_SOURCES=${at.sources}`,
    ...images,
    `--repo_env=MONOFARM_WORKER_CLASSES=${invocation.workerClasses.join(",")}`,
    `--build_event_json_file=${at.buildEvents}`,
    // From Bazel 7 on they say how long an action took: what `./farm plan --results` makes costs of.
    "--build_event_publish_all_actions",
    // Files by their place here, not by their digest in the farm.
    "--nobuild_event_json_file_path_conversion",
    `--execution_log_json_file=${at.executionLog}`,
    `--profile=${at.profile}`,
    "--experimental_profile_include_target_label",
    "--noexperimental_slim_json_profile",
    "--color=no",
    "--curses=no",
    "--show_progress_rate_limit=5",
    "--show_result=0",
    "--",
    ...invocation.labels,
  ];
}

/** Exit code where a signal ended Bazel: 128 + SIGTERM. */
export const EXIT_STOPPED = 143;

/** Milliseconds that Bazel has to end by itself; the pod's grace is 60 s. */
const STOP_MS = 30_000;

/**
 * Runs Bazel to its end; everything that it prints goes to the log and to standard output.
 * @param environment all that Bazel sees of the pod's
 * @param onLine called with each line
 * @param stop ends Bazel when it is aborted
 * @returns Bazel's exit code
 */
export async function runBazel(
  invocation: Invocation,
  environment: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  const child = spawn("bazel", bazelArguments(invocation), {
    cwd: invocation.places.workspace,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(invocation.places.log, { flags: "a" });
  const take = () => {
    let rest = "";
    return (chunk: Buffer) => {
      log.write(chunk);
      process.stdout.write(chunk);
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    };
  };
  child.stdout.on("data", take());
  child.stderr.on("data", take());
  const end = () => {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), STOP_MS).unref();
  };
  if (stop.aborted) end();
  stop.addEventListener("abort", end);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? EXIT_STOPPED);
    });
  });
  await new Promise<void>((resolve) => {
    log.end(resolve);
  });
  return code;
}

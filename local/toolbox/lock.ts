import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Runs `work` while holding a lock on a file, so that two runs of `./farm` do not do the same thing at once. The kernel
 * drops the lock when this process ends in whatever way.
 * @param waiting called when another process holds the lock, before waiting for it
 */
export async function withLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let holder = await hold(file, ["--nonblock"]);
  if (holder === undefined) {
    waiting();
    holder = await hold(file, []);
  }
  try {
    return await work();
  } finally {
    holder?.release();
  }
}

/** Removes what was left half-made by a run that was killed; call it while holding the lock on what is made. */
export function sweep(directory: string, prefix: string): void {
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith(prefix))) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** The lock lives in a `flock` whose input is a pipe from this process: the pipe's end is the lock's. */
async function hold(file: string, options: readonly string[]): Promise<{ release: () => void } | undefined> {
  const child = spawn("flock", [...options, "--exclusive", file, "sh", "-c", "echo; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.stdout.once("data", () => {
      resolve({ release: () => child.stdin.end() });
    });
    child.on("exit", () => {
      resolve(undefined);
    });
  });
}

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CHECKOUT, NAME } from "../../local/directories";
import type { Verdict } from "../../local/release/verdict";

/** How a command of `./farm` ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./farm` as a user would. */
export async function farm(...args: string[]): Promise<Ended> {
  const child = spawn(join(CHECKOUT, "farm"), args, { cwd: CHECKOUT, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}

/** What `--json` of a release prints. */
export interface Release {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
}

/** Releases targets and reads the verdicts. */
export async function release(...args: string[]): Promise<Ended & { readonly release: Release }> {
  const ended = await farm("release", "--json", ...args);
  if (ended.stdout === "")
    throw new Error(`./farm release ${args.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
  return { ...ended, release: JSON.parse(ended.stdout) as Release };
}

/** Pids of processes of this farm's containers whose program is called so, and whose first argument is the given one. */
export function pidsOf(program: string, argument?: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`:/${NAME}/`);
        const [name, first] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return isOurs && name === program && (argument === undefined || first === argument);
      } catch {
        return false;
      }
    })
    .map(Number);
}

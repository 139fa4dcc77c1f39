import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { inNamespace } from "../node/namespace";

/** Runs a command of `./farm` once more, inside the farm's network namespace; gives its exit code. */
export function again(name: string, args: readonly string[]): number {
  const main = join(__dirname, "main.ts");
  const [program = "", ...rest] = inNamespace([process.execPath, ...process.execArgv, main, name, ...args]);
  return spawnSync(program, rest, { stdio: "inherit" }).status ?? 130;
}

import { spawn } from "node:child_process";
import { join } from "node:path";

import { EXIT_INTERRUPTED, endOnInterrupt } from "../interrupt";
import { inNamespace } from "../node/namespace";

/** Runs a command of `./farm` once more, inside the farm's network namespace; gives its exit code. */
export function again(name: string, args: readonly string[]): Promise<number> {
  const main = join(__dirname, "main.ts");
  return inForeground(inNamespace([process.execPath, ...process.execArgv, main, name, ...args]));
}

/** Runs a program that has this one's input and output; gives its exit code. */
export async function inForeground([program = "", ...args]: readonly string[], cwd?: string): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", ...(cwd !== undefined && { cwd }) });
  endOnInterrupt(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? EXIT_INTERRUPTED);
    });
  });
}

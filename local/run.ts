import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { endOnInterrupt } from "./interrupt";

/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; none by default. */
  readonly input?: string;
  /** File that everything printed is appended to. */
  readonly log?: string;
  /** Called with each line printed, on either stream. */
  readonly onLine?: (line: string) => void;
}

/** A command that ended with another code than 0; `output` is the end of what it printed. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`${command} ended with ${exitCode ?? "a signal"}\n${output}`);
    this.name = "CommandError";
  }
}

/** Lines of output that an error quotes. */
const QUOTED_LINES = 30;

/** Runs a program to its end and returns its standard output; throws CommandError when it fails. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // Of its own group, so that a terminal's Ctrl-C reaches it by way of this process, once.
    detached: true,
  });
  endOnInterrupt(child, true);
  if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true });
  const log = options.log === undefined ? undefined : createWriteStream(options.log, { flags: "a" });
  const stdout: Buffer[] = [];
  const tail: string[] = [];
  const lines = (partial: { text: string }) => (chunk: Buffer) => {
    log?.write(chunk);
    const pieces = (partial.text + chunk.toString()).split("\n");
    partial.text = pieces.pop() ?? "";
    for (const line of pieces) {
      tail.push(line);
      if (tail.length > QUOTED_LINES) tail.shift();
      options.onLine?.(line);
    }
  };
  const [outPartial, errPartial] = [{ text: "" }, { text: "" }];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stdout?.on("data", lines(outPartial));
  child.stderr?.on("data", lines(errPartial));
  child.stdin?.end(options.input);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  log?.end();
  if (exitCode !== 0) {
    const output = [...tail, outPartial.text, errPartial.text].filter((line) => line !== "").join("\n");
    throw new CommandError([program, ...args].join(" "), exitCode, output);
  }
  return Buffer.concat(stdout).toString();
}

import type { ChildProcess } from "node:child_process";

import { paint } from "./terminal/colour";

/** Exit code of whoever was interrupted. */
export const EXIT_INTERRUPTED = 130;

/** Milliseconds within which a second signal is the first one's echo: a terminal signals a whole group at once. */
const ECHO_MS = 500;

/** Milliseconds that this process may take to clean up after the programs that it had started. */
const UNWIND_MS = 2000;

/** By whom to signal: a process, or minus the leader of a group. */
const children = new Map<ChildProcess, number>();
let interruptedAt: number | undefined;

/** Whether this process has been told to end. */
export function isInterrupted(): boolean {
  return interruptedAt !== undefined;
}

/**
 * Counts a program among those that an interruption ends first.
 * @param group whether it leads a process group of its own; one that shares this process's hears a terminal by itself
 */
export function endOnInterrupt(child: ChildProcess, group = false): void {
  const { pid } = child;
  if (pid === undefined) return;
  children.set(child, group ? -pid : pid);
  child.on("close", () => children.delete(child));
}

/**
 * On SIGINT, SIGTERM or SIGHUP: tells every program that runs to end, once, and lets this process unwind, so that
 * Pulumi saves its state and half-made folders go. A second signal ends this process at once.
 */
export function handleInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const now = Date.now();
      if (interruptedAt === undefined) begin(now);
      else if (now - interruptedAt > ECHO_MS) process.exit(EXIT_INTERRUPTED);
    });
  }
}

function begin(now: number): void {
  interruptedAt = now;
  const isSpokenFor = [...children.values()].some((target) => target > 0);
  if (!isSpokenFor) {
    process.stderr.write(`\n${paint("yellow", "farm:", process.stderr)} interrupted; ending what runs …\n`);
  }
  for (const target of children.values()) process.kill(target, "SIGINT");
  let quietSince = now;
  setInterval(() => {
    if (children.size > 0) quietSince = Date.now();
    else if (Date.now() - quietSince > UNWIND_MS) process.exit(EXIT_INTERRUPTED);
  }, 100).unref();
}

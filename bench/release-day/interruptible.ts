import { setTimeout as sleep } from "node:timers/promises";

/** Waits; no longer than until `stop`. */
export async function interruptible(milliseconds: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

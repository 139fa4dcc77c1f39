import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { queueLengthsNow, Scale } from "./cluster";
import type { AutoscaleSettings } from "./settings";
import { wantedWorkers } from "./wanted";

/** Looks that may fail one after another before the pod ends, so that its restarts show it. */
const MOST_FAILURES = 20;

/** What the autoscaler's container runs: has each pool follow its queue, until it is told to stop. */
async function main(file: string): Promise<void> {
  const settings = JSON.parse(readFileSync(file, "utf8")) as AutoscaleSettings;
  for (let failures = 0; failures < MOST_FAILURES;) {
    try {
      await look(settings);
      failures = 0;
    } catch (error) {
      failures++;
      say(`look failed: ${reason(error)}`);
    }
    await sleep(settings.intervalSeconds * 1000);
  }
  throw new Error(`${MOST_FAILURES} looks failed one after another`);
}

async function look(settings: AutoscaleSettings): Promise<void> {
  const wanted = [...wantedWorkers(settings.pools, await queueLengthsNow(settings))];
  // One pool that cannot be scaled keeps no other from it.
  const outcomes = await Promise.allSettled(wanted.map(([pool, workers]) => scale(settings.namespace, pool, workers)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function scale(namespace: string, deployment: string, wanted: number): Promise<void> {
  const pool = new Scale(namespace, deployment);
  const found = await pool.read();
  if (found === wanted) return;
  await pool.write(wanted);
  say(`${deployment}: ${found} → ${wanted}`);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

process.on("SIGTERM", () => {
  process.exit(0);
});

main(process.argv[2] ?? "").catch((error: unknown) => {
  say(reason(error));
  process.exitCode = 1;
});

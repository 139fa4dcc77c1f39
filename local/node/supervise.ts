import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { call } from "./api";
import { binaryFacts, type DaemonSpec, type Probe, specHash } from "./daemon";
import type { NodePaths } from "./layout";
import { checkPorts } from "./ports";
import { findStray, isAlive, readRecord, startDaemon, stopDaemon, stopProcess } from "./process";

/** A daemon that ended, or never answered, after it was started. */
export class DaemonError extends Error {
  constructor(name: string, what: string, log: string) {
    super(`${name} ${what}; the end of ${log}:\n${lastLines(log)}`);
    this.name = "DaemonError";
  }
}

/** Seconds that a daemon may take until it serves. */
const START_SECONDS = 90;

/** Seconds that a running daemon may leave its probe unanswered before it is started again: a busy machine is slow. */
const REPAIR_SECONDS = 30;

/** Whether a daemon serves. */
export async function serves(probe: Probe, at: NodePaths): Promise<boolean> {
  try {
    if (probe.kind === "http") return (await call("GET", probe.url, undefined, at)).status === 200;
    return await new Promise<boolean>((resolve) => {
      const socket = connect(probe.path);
      socket.on("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => {
        resolve(false);
      });
    });
  } catch {
    return false;
  }
}

/**
 * Brings every daemon to what its spec says: leaves alone what runs and serves, starts what is missing, restarts what
 * changed or no longer answers. Each waits for those that it needs; the others start at the same time.
 * @param credentials digest of the certificates
 * @param between awaited after a daemon serves and before those that need it start
 * @returns names of those started
 */
export async function supervise(
  specs: readonly DaemonSpec[],
  at: NodePaths,
  credentials: string,
  between: Readonly<Record<string, () => Promise<void>>> = {},
): Promise<string[]> {
  const started: string[] = [];
  const ready = new Map<string, Promise<void>>();
  for (const spec of specs) {
    ready.set(
      spec.name,
      (async () => {
        for (const name of spec.needs) await ready.get(name);
        if (await ensure(spec, at, credentials)) started.push(spec.name);
        await between[spec.name]?.();
      })(),
    );
  }
  const outcomes = await Promise.allSettled([...ready.values()]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return started;
}

async function ensure(spec: DaemonSpec, at: NodePaths, credentials: string): Promise<boolean> {
  const hash = specHash(spec, binaryFacts(spec.binary), credentials);
  const running = readRecord(at.daemons, spec.name);
  if (running?.hash === hash && isAlive(running) && (await within(REPAIR_SECONDS, () => serves(spec.probe, at)))) {
    return false;
  }
  await stopDaemon(at.daemons, spec.name);
  const argv = [spec.binary, ...spec.args];
  const stray = findStray(argv);
  if (stray !== undefined) await stopProcess(stray);
  checkPorts(spec);
  for (const [file, text] of Object.entries(spec.files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const log = join(at.logs, `${spec.name}.log`);
  const record = startDaemon(at.daemons, spec.name, hash, argv, log);
  const ready = await within(START_SECONDS, async () => {
    if (!isAlive(record)) throw new DaemonError(spec.name, "ended at once", log);
    return serves(spec.probe, at);
  });
  if (!ready) throw new DaemonError(spec.name, `does not answer after ${START_SECONDS} s`, log);
  return true;
}

/** Asks until the answer is yes or the seconds are over, whatever the machine's clock does meanwhile. */
export async function within(seconds: number, question: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (await question()) return true;
    await sleep(100);
  }
  return false;
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}

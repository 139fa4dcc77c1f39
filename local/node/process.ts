import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A daemon that was started: what tells it from any other process, and what it was started from. */
export interface ProcessRecord {
  readonly pid: number;
  /** Ticks after boot at which it began: a pid that was given out again has another. */
  readonly startTicks: number;
  /** The spec's hash. */
  readonly hash: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Where `state`, and 19 fields on `starttime`, stand in /proc/<pid>/stat after the name, which may hold anything. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Ticks after boot at which a process began; undefined when it is gone or a zombie. */
export function startTicks(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined || fields[0] === "Z" ? undefined : Number(fields[19]);
}

/** Whether the very process of a record still runs. */
export function isAlive(record: ProcessRecord): boolean {
  return startTicks(record.pid) === record.startTicks;
}

/** Bytes of a process in memory; 0 when it is gone. */
export function residentBytes(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return 0;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** Seconds that a process has had of the processors, in all its threads; 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid);
  // utime and stime; Linux counts both in hundredths for programs, whatever its own clock does.
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The record of a daemon, if it was ever started. */
export function readRecord(directory: string, name: string): ProcessRecord | undefined {
  const file = join(directory, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ProcessRecord) : undefined;
}

/** Starts a program that outlives this process; everything it prints goes to `log`. */
export function startDaemon(
  directory: string,
  name: string,
  hash: string,
  argv: readonly string[],
  log: string,
): ProcessRecord {
  mkdirSync(dirname(log), { recursive: true });
  mkdirSync(directory, { recursive: true });
  const output = openSync(log, "a");
  const [program = "", ...args] = argv;
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", output, output],
    cwd: "/",
    env: { PATH: path, HOME: "/root" },
  });
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${program} cannot be started`);
  const record: ProcessRecord = { pid, startTicks: startTicks(pid) ?? 0, hash, since: new Date().toISOString() };
  writeFileSync(join(directory, `${name}.json`), JSON.stringify(record));
  return record;
}

/** Milliseconds that the kernel may take to end what was killed. */
const KILL_MS = 5000;

/** Asks a daemon to end, then makes it; it has ended then, and its ports are free. */
export async function stopDaemon(directory: string, name: string, patienceMs = 5000): Promise<boolean> {
  const record = readRecord(directory, name);
  const running = record !== undefined && isAlive(record);
  if (record !== undefined && running) {
    process.kill(record.pid, "SIGTERM");
    for (const end = Date.now() + patienceMs; isAlive(record) && Date.now() < end;) await sleep(50);
    if (isAlive(record)) process.kill(record.pid, "SIGKILL");
    for (const end = Date.now() + KILL_MS; isAlive(record) && Date.now() < end;) await sleep(20);
  }
  rmSync(join(directory, `${name}.json`), { force: true });
  return running;
}

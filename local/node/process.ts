import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** Fields of /proc/<pid>/stat from `state` on, after the name, which may hold anything. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Ticks after boot at which a process began, from its /proc/<pid>/stat; undefined when it is a zombie. A zombie with
 * threads that have yet to end is none: their ports are still taken.
 */
export function ticksIn(stat: string): number | undefined {
  const fields = statFields(stat);
  const [state, threads] = [fields[0], Number(fields[17])];
  return state === "Z" && threads <= 1 ? undefined : Number(fields[19]);
}

/** Ticks after boot at which a process began; undefined when it is gone. */
export function startTicks(pid: number): number | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : ticksIn(stat);
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
  const stat = readStat(pid);
  if (stat === undefined) return 0;
  // utime and stime, which Linux gives in hundredths.
  const fields = statFields(stat);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The record of a daemon, if it was ever started and its file is whole. */
export function readRecord(directory: string, name: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8")) as ProcessRecord;
  } catch {
    return undefined;
  }
}

function writeRecord(directory: string, name: string, record: ProcessRecord): void {
  const file = join(directory, `${name}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

/**
 * Finds a daemon that runs without a record: whoever started it was killed before the record was written.
 * @param argv with which it would have been started
 */
export function findStray(argv: readonly string[]): number | undefined {
  const wanted = `${argv.join("\0")}\0`;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => startTicks(pid) !== undefined && commandLine(pid) === wanted);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
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
  writeRecord(directory, name, record);
  return record;
}

/** Milliseconds that the kernel may take to end what was killed: seconds, on a busy machine. */
const KILL_MS = 30_000;

/** Asks a daemon to end, then makes it; it has ended then, and its ports are free. */
export async function stopDaemon(directory: string, name: string, patienceMs = 5000): Promise<boolean> {
  const record = readRecord(directory, name);
  const running = record !== undefined && isAlive(record);
  if (record !== undefined && running) await stopProcess(record.pid, patienceMs);
  rmSync(join(directory, `${name}.json`), { force: true });
  return running;
}

/** Asks a process to end, then makes it. */
export async function stopProcess(pid: number, patienceMs = 5000): Promise<void> {
  const ticks = startTicks(pid);
  const runs = () => ticks !== undefined && startTicks(pid) === ticks;
  if (!runs()) return;
  process.kill(pid, "SIGTERM");
  for (const end = Date.now() + patienceMs; runs() && Date.now() < end;) await sleep(50);
  if (runs()) process.kill(pid, "SIGKILL");
  for (const end = Date.now() + KILL_MS; runs() && Date.now() < end;) await sleep(20);
}

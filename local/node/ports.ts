import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import { UserError } from "../../components/user-error";
import type { DaemonSpec } from "./daemon";

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = "0A";

/**
 * Listening TCP sockets by port.
 * @param table text of /proc/net/tcp or tcp6: a heading, then `sl local_address rem_address st … inode …` in hexadecimal
 * @returns inode of the socket by port
 */
export function listeners(table: string): Map<number, string> {
  const rows = table.trimEnd().split("\n").slice(1);
  const fields = rows.map((row) => row.trim().split(/\s+/));
  return new Map(
    fields
      .filter((words) => words[3] === LISTEN)
      .map((words) => [parseInt(words[1]?.split(":")[1] ?? "", 16), words[9] ?? ""]),
  );
}

/**
 * Checks that nobody else listens where a daemon is to, in the network that this process is in.
 * @throws UserError naming the port and who has it
 */
export function checkPorts({ name, ports }: Pick<DaemonSpec, "name" | "ports">): void {
  const taken = new Map([...listeners(read("/proc/self/net/tcp")), ...listeners(read("/proc/self/net/tcp6"))]);
  for (const port of ports) {
    const inode = taken.get(port);
    if (inode === undefined) continue;
    const allowed = `that port free for ${name}, or a cluster that exists (stacks/Pulumi.kubernetes.yaml)`;
    throw new UserError(`port ${port} of the farm's network`, `it taken by ${holder(inode)}`, allowed);
  }
}

/** The process that holds a socket, as far as this one may look. */
function holder(inode: string): string {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    if (openFiles(pid).includes(`socket:[${inode}]`)) return `process ${pid} (${read(`/proc/${pid}/comm`).trim()})`;
  }
  return "another process";
}

function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).map((fd) => attempt(() => readlinkSync(`${folder}/${fd}`), ""));
}

function read(file: string): string {
  return attempt(() => readFileSync(file, "utf8"), "");
}

/** What is asked of /proc may be gone a moment later. */
function attempt<T>(question: () => T, otherwise: T): T {
  try {
    return question();
  } catch {
    return otherwise;
  }
}

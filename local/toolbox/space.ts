import { existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { UserError } from "../../components/user-error";

/** Room that work will take under a folder. */
export interface Need {
  readonly directory: string;
  readonly mebibytes: number;
}

/**
 * Checks that the file systems have room for all needs together.
 * @param what the work, for the error
 * @throws UserError naming the first folder whose file system is too full
 */
export function checkSpace(what: string, needs: readonly Need[], free: (path: string) => number = freeMebibytes): void {
  const byDevice = new Map<number, { directory: string; mebibytes: number }>();
  for (const need of needs) {
    const path = nearestExisting(need.directory);
    const device = statSync(path).dev;
    const so = byDevice.get(device) ?? { directory: need.directory, mebibytes: 0 };
    byDevice.set(device, { ...so, mebibytes: so.mebibytes + need.mebibytes });
  }
  for (const { directory, mebibytes } of byDevice.values()) {
    const available = free(nearestExisting(directory));
    if (available < mebibytes)
      throw new UserError(`disk of ${directory}`, `${gibibytes(available)} free`, `${gibibytes(mebibytes)} ${what}`);
  }
}

/** Checks that the machine has the memory for a piece of work, swap included. */
export function checkMemory(what: string, mebibytes: number, total: number = totalMemoryMebibytes()): void {
  if (total < mebibytes)
    throw new UserError("memory", `${gibibytes(total)} with swap`, `${gibibytes(mebibytes)} ${what}`);
}

function freeMebibytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return (bavail * bsize) / 2 ** 20;
}

function totalMemoryMebibytes(): number {
  const lines = readFileSync("/proc/meminfo", "utf8").matchAll(/^(?:MemTotal|SwapTotal): +(\d+) kB$/gm);
  return [...lines].reduce((sum, [, kibibytes]) => sum + Number(kibibytes) / 1024, 0);
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Mount points of the hierarchies: one under version 2, one for each set of controllers under version 1. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(ROOT, name)).filter((path) => existsSync(join(path, "cgroup.procs")));
}

/** The cgroups of a name at the root of every hierarchy that has it. */
function cgroups(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter((path) => existsSync(path));
}

/** Makes a cgroup in every hierarchy, for kubelet to put its pods under; it refuses to make its own root. */
export function ensureCgroups(name: string): void {
  for (const hierarchy of hierarchies()) {
    const directory = join(hierarchy, name);
    mkdirSync(directory, { recursive: true });
    // A new cpuset (version 1) is empty, and nothing can run in it.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const target = join(directory, file);
      if (!existsSync(target) || existsSync(join(ROOT, "cgroup.controllers"))) continue;
      if (readFileSync(target, "utf8").trim() === "") writeFileSync(target, readFileSync(join(hierarchy, file)));
    }
    const control = join(hierarchy, "cgroup.subtree_control");
    if (existsSync(control)) {
      const available = readFileSync(join(hierarchy, "cgroup.controllers"), "utf8").trim();
      if (available !== "") writeFileSync(control, available.replaceAll(/\b(?=\w)/g, "+"));
    }
  }
}

/** Processes in the cgroups of a name and all below them. */
export function cgroupProcesses(name: string): number[] {
  const files = cgroups(name)
    .flatMap(below)
    .map((directory) => join(directory, "cgroup.procs"));
  return files.flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number));
}

/** Removes the cgroups of a name; they must hold no process. */
export function removeCgroups(name: string): void {
  for (const directory of cgroups(name)) for (const path of below(directory).reverse()) rmdirSync(path);
}

function below(directory: string): string[] {
  const children = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...children.flatMap((entry) => below(join(directory, entry.name)))];
}

/** Bytes that processes in the cgroups of a name hold beside files' pages, which the kernel takes back when it needs them. */
export function cgroupMemory(name: string): number {
  const [directory] = cgroups(name).filter((path) => existsSync(join(path, "memory.stat")));
  if (directory === undefined) return 0;
  const text = readFileSync(join(directory, "memory.stat"), "utf8");
  return Number(/^(?:total_rss|anon) (\d+)$/m.exec(text)?.[1] ?? 0);
}

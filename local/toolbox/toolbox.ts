import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { CACHE } from "../directories";
import { CommandError, run } from "../run";
import type { Progress } from "../terminal/progress";
import { BENCH_MODULES } from "./bench-catalog";
import { build, type BuildPlace, buildPlace } from "./build";
import { type BenchProgram, type BinaryName, type FarmProgram, GO_MODULES, type GoModule } from "./catalog";
import { Digests } from "./digests";
import { withLock } from "./lock";
import { readPins, toolVersion } from "./pins";
import { accepts, versionIn } from "./version";

/** A program that the farm uses. */
export interface Tool {
  readonly name: BinaryName;
  /** Absolute path. */
  readonly path: string;
  /** Without `v`: `1.37.2`. */
  readonly version: string;
  /** `found`: an accepted version was on PATH. `built`: made from the pins of this checkout. */
  readonly origin: "found" | "built";
}

/** Every program of the farm, by file name. */
export type Tools = Readonly<Record<FarmProgram, Tool>>;

/** Every program of the benchmarks, by file name. */
export type BenchTools = Readonly<Record<BenchProgram, Tool>>;

/**
 * Finds or builds every program of the farm. What is built lands in `CACHE/tools/<module>/<key>` and stays for the next
 * time.
 * @throws UserError when the machine cannot build, BuildError when a build fails
 */
export async function ensureTools(progress: Progress): Promise<Tools> {
  return byName(await ensureModules(GO_MODULES, progress)) as Tools;
}

/** Finds or builds every program of the benchmarks, as `ensureTools` does the farm's. */
export async function ensureBenchTools(progress: Progress): Promise<BenchTools> {
  return byName(await ensureModules(BENCH_MODULES, progress)) as BenchTools;
}

/** A program of a benchmark, which no benchmark has asked for yet. */
export interface AbsentTool {
  readonly name: BinaryName;
  /** That a build would give. */
  readonly version: string;
  readonly origin: "not built";
}

/** Programs of the benchmarks as they are now; nothing is built. */
export async function presentBenchTools(): Promise<(Tool | AbsentTool)[]> {
  const tools = BENCH_MODULES.map(async (module) => {
    const there = await found(module);
    if (there !== undefined) return there;
    const place = await buildPlace(module);
    if (place.built) return builtTools(module, place);
    const version = toolVersion(module, readPins(module.name));
    return binaries(module).map((name) => ({ name, version, origin: "not built" as const }));
  });
  return (await Promise.all(tools)).flat();
}

async function ensureModules(modules: readonly GoModule[], progress: Progress): Promise<Tool[]> {
  const tools: Tool[] = [];
  for (const module of modules) tools.push(...((await found(module)) ?? (await built(module, progress))));
  return tools;
}

function byName(tools: readonly Tool[]): Partial<Record<BinaryName, Tool>> {
  return Object.fromEntries(tools.map((tool) => [tool.name, tool]));
}

/** SHA-256 of each program, in hex; those not changed since they were last read are not read again. */
export async function toolDigests(tools: readonly Tool[]): Promise<Map<BinaryName, string>> {
  const digests = new Digests(join(CACHE, "tools", "digests.json"));
  const entries: [BinaryName, string][] = [];
  for (const { name, path } of tools) entries.push([name, await digests.sha256(path)]);
  return new Map(entries);
}

async function built(module: GoModule, progress: Progress): Promise<Tool[]> {
  const place = await buildPlace(module);
  if (!place.built) {
    const version = toolVersion(module, readPins(module.name));
    const waiting = () => {
      progress.line(`Another ./farm builds ${module.name}: waiting for it`);
    };
    await withLock(join(CACHE, "tools", `${module.name}.lock`), waiting, async () => {
      if (existsSync(place.directory)) return;
      await progress.task(`Build ${module.name} ${version}`, module.seconds, (report) => build(module, place, report));
    });
  }
  return builtTools(module, place);
}

function builtTools(module: GoModule, { directory }: BuildPlace): Tool[] {
  const version = toolVersion(module, readPins(module.name));
  return binaries(module).map((name) => ({ name, path: join(directory, name), version, origin: "built" }));
}

/** The programs of a module on PATH, when all are there and of an accepted version. */
async function found(module: GoModule): Promise<Tool[] | undefined> {
  const { accepted } = module;
  if (accepted === undefined) return undefined;
  const tools: Tool[] = [];
  for (const name of binaries(module)) {
    const path = onPath(name);
    const version = path === undefined ? undefined : await reportedVersion(path, accepted.args);
    if (path === undefined || version === undefined || !accepts(accepted.range, version)) return undefined;
    tools.push({ name, path, version, origin: "found" });
  }
  return tools;
}

function binaries(module: GoModule): BinaryName[] {
  return Object.keys(module.programs) as BinaryName[];
}

async function reportedVersion(path: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return versionIn(await run(path, args));
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** The first executable of a name on PATH. */
export function onPath(name: string, path: string = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

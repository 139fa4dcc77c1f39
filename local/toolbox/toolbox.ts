import { existsSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import { CACHE } from "../directories";
import { duration, type Progress } from "../terminal/progress";
import { BENCH_MODULES } from "./bench-catalog";
import { build, type BuildPlace, buildPlace } from "./build";
import {
  type BenchProgram,
  type BinaryName,
  type FarmProgram,
  GO_MODULES,
  type GoModule,
  type TestProgram,
} from "./catalog";
import { Digests } from "./digests";
import { find } from "./find";
import { withLock } from "./lock";
import { readPins, toolVersion } from "./pins";
import { TEST_MODULES } from "./test-catalog";

/** A program that the farm uses. */
export interface Tool {
  readonly name: BinaryName;
  /** Absolute path. */
  readonly path: string;
  /** Without `v`: `1.37.2`. */
  readonly version: string;
  /** `found`: an accepted version was on PATH or in the plugin cache. `built`: made from the pins of this checkout. */
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

/** Finds or builds every program of the tests, as `ensureTools` does the farm's. */
export async function ensureTestTools(progress: Progress): Promise<Readonly<Record<TestProgram, Tool>>> {
  return byName(await ensureModules(TEST_MODULES, progress)) as Readonly<Record<TestProgram, Tool>>;
}

/** A program of a benchmark or a test, which none has asked for yet. */
export interface AbsentTool {
  readonly name: BinaryName;
  /** That a build would give. */
  readonly version: string;
  readonly origin: "not built";
}

/** Programs of some modules as they are now; nothing is built. */
export async function asPresent(modules: readonly GoModule[]): Promise<(Tool | AbsentTool)[]> {
  const tools = modules.map(async (module) => {
    const { tools, missing } = await look(module);
    if (missing === undefined) return tools;
    const version = toolVersion(module, readPins(module.name));
    return binaries(module).map((name) => ({ name, version, origin: "not built" as const }));
  });
  return (await Promise.all(tools)).flat();
}

/**
 * Every program, where nothing needs to be built: inside the farm's network nothing could be.
 * @throws UserError where one is missing
 */
export async function presentTools(): Promise<Tools> {
  const all = await Promise.all(GO_MODULES.map(look));
  const missing = all.flatMap((one) => one.missing ?? []).map(({ module }) => module.name);
  if (missing.length > 0)
    throw new UserError("tools", `no ${missing.join(", ")} of these pins`, "./farm toolbox first");
  return byName(all.flatMap(({ tools }) => tools)) as Tools;
}

async function ensureModules(modules: readonly GoModule[], progress: Progress): Promise<Tool[]> {
  const all = await Promise.all(modules.map(look));
  const missing = all.flatMap((one) => one.missing ?? []);
  if (missing.length > 1) {
    const expected = missing.reduce((sum, { module }) => sum + module.seconds, 0);
    progress.line(`${missing.length} tools to build, which takes about ${duration(expected)} on 2 cores`);
  }
  for (const one of missing) await buildOnce(one, progress);
  return all.flatMap(({ tools }) => tools);
}

/** A module that is to be built, and where. */
interface Missing {
  readonly module: GoModule;
  readonly place: BuildPlace;
}

/** The programs of a module: where they are, or will be once what is missing is built. */
async function look(module: GoModule): Promise<{ tools: Tool[]; missing?: Missing }> {
  const found = await find(module);
  if (found !== undefined) return { tools: found.map((tool) => ({ ...tool, origin: "found" })) };
  const place = await buildPlace(module);
  const version = toolVersion(module, readPins(module.name));
  const tools = binaries(module).map((name) => {
    return { name, path: join(place.directory, name), version, origin: "built" as const };
  });
  return place.built ? { tools } : { tools, missing: { module, place } };
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

async function buildOnce({ module, place }: Missing, progress: Progress): Promise<void> {
  const waiting = () => {
    progress.line(`Another ./farm builds ${module.name}: waiting for it`);
  };
  const title = `Build ${module.name} ${toolVersion(module, readPins(module.name))}`;
  await withLock(join(CACHE, "tools", `${module.name}.lock`), waiting, async () => {
    if (existsSync(place.directory)) return;
    await progress.task(title, module.seconds, (report) => build(module, place, report));
  });
}

function binaries(module: GoModule): BinaryName[] {
  return Object.keys(module.programs) as BinaryName[];
}

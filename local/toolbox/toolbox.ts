import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { CACHE } from "../directories";
import { CommandError, run } from "../run";
import type { Progress } from "../terminal/progress";
import { build, buildPlace } from "./build";
import { type BinaryName, GO_MODULES, type GoModule } from "./catalog";
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
export type Tools = Readonly<Record<BinaryName, Tool>>;

/**
 * Finds or builds every program. What is built lands in `CACHE/tools/<module>/<key>` and stays for the next time.
 * @throws UserError when the machine cannot build, BuildError when a build fails
 */
export async function ensureTools(progress: Progress): Promise<Tools> {
  const tools: Partial<Record<BinaryName, Tool>> = {};
  for (const module of GO_MODULES) {
    for (const tool of (await found(module)) ?? (await built(module, progress))) tools[tool.name] = tool;
  }
  return tools as Tools;
}

/** SHA-256 of each program, in hex; those not changed since they were last read are not read again. */
export async function toolDigests(tools: Tools): Promise<Map<BinaryName, string>> {
  const digests = new Digests(join(CACHE, "tools", "digests.json"));
  const entries: [BinaryName, string][] = [];
  for (const { name, path } of Object.values(tools)) entries.push([name, await digests.sha256(path)]);
  return new Map(entries);
}

async function built(module: GoModule, progress: Progress): Promise<Tool[]> {
  const place = await buildPlace(module);
  const version = toolVersion(module, readPins(module.name));
  if (!place.built) {
    const waiting = () => {
      progress.line(`Another ./farm builds ${module.name}: waiting for it`);
    };
    await withLock(join(CACHE, "tools", `${module.name}.lock`), waiting, async () => {
      if (existsSync(place.directory)) return;
      await progress.task(`Build ${module.name} ${version}`, module.seconds, (report) => build(module, place, report));
    });
  }
  return binaries(module).map((name) => ({
    name,
    path: join(place.directory, name),
    version,
    origin: "built" as const,
  }));
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

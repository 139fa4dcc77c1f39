import { existsSync } from "node:fs";
import { join } from "node:path";

import { CACHE } from "../directories";
import type { Progress } from "../terminal/progress";
import { build, buildPlace } from "./build";
import { type BinaryName, GO_MODULES, type GoModule } from "./catalog";
import { Digests } from "./digests";
import { find } from "./find";
import { withLock } from "./lock";
import { readPins, toolVersion } from "./pins";

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
export type Tools = Readonly<Record<BinaryName, Tool>>;

/**
 * Finds or builds every program. What is built lands in `CACHE/tools/<module>/<key>` and stays for the next time.
 * @throws UserError when the machine cannot build, BuildError when a build fails
 */
export async function ensureTools(progress: Progress): Promise<Tools> {
  const tools: Partial<Record<BinaryName, Tool>> = {};
  for (const module of GO_MODULES) {
    const found = (await find(module))?.map((tool) => ({ ...tool, origin: "found" as const }));
    for (const tool of found ?? (await built(module, progress))) tools[tool.name] = tool;
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

function binaries(module: GoModule): BinaryName[] {
  return Object.keys(module.programs) as BinaryName[];
}

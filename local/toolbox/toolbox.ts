import { existsSync } from "node:fs";
import { join } from "node:path";

import { CACHE } from "../directories";
import { duration, type Progress } from "../terminal/progress";
import { build, type BuildPlace, buildPlace } from "./build";
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
  const tools: Tool[] = [];
  const missing: [GoModule, BuildPlace][] = [];
  for (const module of GO_MODULES) {
    const found = await find(module);
    if (found !== undefined) {
      tools.push(...found.map((tool) => ({ ...tool, origin: "found" as const })));
      continue;
    }
    const place = await buildPlace(module);
    tools.push(...built(module, place));
    if (!place.built) missing.push([module, place]);
  }
  const expected = missing.reduce((sum, [{ seconds }]) => sum + seconds, 0);
  if (missing.length > 1) {
    progress.line(`${missing.length} tools to build, which takes about ${duration(expected)} on 2 cores`);
  }
  for (const [module, place] of missing) await buildOnce(module, place, progress);
  return Object.fromEntries(tools.map((tool) => [tool.name, tool])) as Record<BinaryName, Tool>;
}

/** SHA-256 of each program, in hex; those not changed since they were last read are not read again. */
export async function toolDigests(tools: Tools): Promise<Map<BinaryName, string>> {
  const digests = new Digests(join(CACHE, "tools", "digests.json"));
  const entries: [BinaryName, string][] = [];
  for (const { name, path } of Object.values(tools)) entries.push([name, await digests.sha256(path)]);
  return new Map(entries);
}

async function buildOnce(module: GoModule, place: BuildPlace, progress: Progress): Promise<void> {
  const waiting = () => {
    progress.line(`Another ./farm builds ${module.name}: waiting for it`);
  };
  const title = `Build ${module.name} ${toolVersion(module, readPins(module.name))}`;
  await withLock(join(CACHE, "tools", `${module.name}.lock`), waiting, async () => {
    if (existsSync(place.directory)) return;
    await progress.task(title, module.seconds, (report) => build(module, place, report));
  });
}

/** The programs of a module, where its build puts them. */
function built(module: GoModule, place: BuildPlace): Tool[] {
  const version = toolVersion(module, readPins(module.name));
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

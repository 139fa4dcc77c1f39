import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CACHE } from "../directories";
import { CommandError, run } from "../run";
import type { Report } from "../terminal/progress";
import type { GoModule } from "./catalog";
import { GO_VARIABLES, goEnvironment } from "./go";
import { sweep } from "./lock";
import { buildArguments, buildKey, neededGo, type Pins, readPins, toolVersion } from "./pins";
import { checkMemory, checkSpace } from "./space";
import { changeVendored } from "./vendored";

/** Where the programs of a module are, or will be. */
export interface BuildPlace {
  /** Folder named after everything that decides the programs' bytes. */
  readonly directory: string;
  readonly built: boolean;
}

/** A build that failed, with the pin that it was of and the end of its log. */
export class BuildError extends Error {
  constructor(tool: GoModule, pins: Pins, log: string, output: string) {
    super(
      `${tool.name}: cannot build ${tool.module} ${toolVersion(tool, pins)} (${pins.directory})\n${output}\nWhole log: ${log}`,
    );
    this.name = "BuildError";
  }
}

/** Finds the folder of a module's programs; asks `go` for its version, for that is part of the key. */
export async function buildPlace(tool: GoModule): Promise<BuildPlace> {
  const pins = readPins(tool.name);
  const go = await goEnvironment(neededGo(pins), pins.directory);
  const directory = join(CACHE, "tools", tool.name, buildKey(tool, pins, go));
  return { directory, built: existsSync(directory) };
}

/**
 * Builds the programs of a module and moves them to their place in one step: an interrupted build leaves nothing there.
 * @throws UserError when the machine lacks room, BuildError when Go fails
 */
export async function build(tool: GoModule, place: BuildPlace, report: Report): Promise<void> {
  const pins = readPins(tool.name);
  const go = await goEnvironment(neededGo(pins), pins.directory);
  checkSpace(`to build ${tool.name}`, [
    { directory: go.buildCache, mebibytes: tool.diskMiB },
    { directory: place.directory, mebibytes: 300 },
  ]);
  checkMemory(`to build ${tool.name}`, tool.memoryMiB);

  const parent = join(CACHE, "tools", tool.name);
  mkdirSync(parent, { recursive: true });
  sweep(parent, "building-");
  const work = mkdtempSync(join(parent, "building-"));
  const log = join(CACHE, "logs", `build-${tool.name}.log`);
  rmSync(log, { force: true });
  const packages = Object.values(tool.programs);
  const command = (args: readonly string[], onLine?: (line: string) => void) =>
    run("go", args, { cwd: work, env: GO_VARIABLES, log, ...(onLine && { onLine }) });
  try {
    cpSync(pins.directory, work, { recursive: true });
    if (tool.vendor !== undefined) {
      report.note("(sources)");
      writeFileSync(join(work, "programs.go"), importing(packages));
      // -e: what a package embeds may be among the changes to come.
      await command(["mod", "vendor", "-e"]);
      const origin = (await command(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", tool.module])).trim();
      changeVendored(join(work, "vendor"), origin, tool.module, tool.vendor);
    }
    const mode = tool.vendor === undefined ? "-mod=readonly" : "-mod=vendor";
    const all = (await command(["list", mode, "-deps", ...packages])).split("\n").length;
    report.note("");
    let compiled = 0;
    const programs = join(work, "programs");
    mkdirSync(programs);
    // Go names several programs after their packages; one it can be told to name.
    const [name = "", ...others] = Object.keys(tool.programs);
    const output = join(programs, others.length === 0 ? name : "/");
    await command([...buildArguments(tool, pins), "-o", output, ...packages], (line) => {
      if (/^[\w.-]+(\/[\w.@~-]+)*$/.test(line)) report.fraction(Math.min(0.99, ++compiled / all));
    });
    renameSync(programs, place.directory);
  } catch (error) {
    if (error instanceof CommandError) throw new BuildError(tool, pins, log, error.output);
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A Go file that makes `go mod vendor` take what the programs need. */
function importing(packages: readonly string[]): string {
  return ["//go:build programs", "", "package programs", "", ...packages.map((name) => `import _ "${name}"`), ""].join(
    "\n",
  );
}

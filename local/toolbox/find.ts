import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, sep } from "node:path";

import { CACHE, STATE } from "../directories";
import { CommandError, run } from "../run";
import type { Acceptance, BinaryName, GoModule } from "./catalog";
import { accepts, compareVersions, versionIn } from "./version";

/** A program that the machine had already. */
export interface Found {
  readonly name: BinaryName;
  /** Absolute path. */
  readonly path: string;
  readonly version: string;
}

/** The programs of a module that the machine has: undefined unless all are there, each of an accepted version. */
export async function find(module: GoModule): Promise<Found[] | undefined> {
  const { accepted } = module;
  if (accepted === undefined) return undefined;
  const tools: Found[] = [];
  for (const name of Object.keys(module.programs) as BinaryName[]) {
    const tool =
      "plugin" in accepted ? pluginInCache(name, accepted.plugin, accepted.range) : await programOnPath(name, accepted);
    if (tool === undefined) return undefined;
    tools.push(tool);
  }
  return tools;
}

async function programOnPath(
  name: BinaryName,
  { args, argsOf, range }: Extract<Acceptance, { args: readonly string[] }>,
): Promise<Found | undefined> {
  const path = onPath(name);
  const version = path === undefined ? undefined : await reportedVersion(path, argsOf?.[name] ?? args);
  if (path === undefined || version === undefined || !accepts(range, version)) return undefined;
  return { name, path, version };
}

async function reportedVersion(path: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return versionIn(await run(path, args));
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** The newest accepted version of a provider in Pulumi's plugin cache, where `pulumi plugin install` puts it. */
export function pluginInCache(
  name: BinaryName,
  plugin: string,
  range: { readonly from: string; readonly below: string },
  cache: string = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins"),
): Found | undefined {
  if (!existsSync(cache)) return undefined;
  const prefix = `resource-${plugin}-v`;
  const [newest] = readdirSync(cache)
    .filter((folder) => folder.startsWith(prefix) && isExecutable(join(cache, folder, name)))
    .map((folder) => ({ name, path: join(cache, folder, name), version: folder.slice(prefix.length) }))
    .filter(({ version }) => /^[\d.]+$/.test(version) && accepts(range, version))
    .sort((a, b) => compareVersions(b.version, a.version));
  return newest;
}

/** The first executable of a name on PATH that is not the farm's own: `./farm env` puts those there. */
export function onPath(name: string, path: string = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "" && ![CACHE, STATE].some((own) => folder.startsWith(own + sep)))
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

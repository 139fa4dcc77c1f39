import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { CommandError, run } from "../run";
import { isAbsent } from "./go-module";
import { sweep } from "../toolbox/lock";
import { SourceError } from "./source-error";

/** Where apt keeps the repositories that a machine trusts. */
const APT_DIRECTORY = "/etc/apt";

/**
 * Copies one file of a Debian source package to a file, from the repositories that this machine installs from; apt
 * checks their signatures. Its lists and cache are private ones: nothing of the machine's changes.
 * @param state folder for apt's lists, kept from one source to the next
 * @throws SourceError when apt is absent, or no repository has the package in that version
 */
export async function fetchDebianSource(
  source: { readonly package: string; readonly version: string; readonly file: string },
  file: string,
  state: string,
): Promise<void> {
  const env = { APT_CONFIG: configure(state), LC_ALL: "C" };
  sweep(state, "fetch-");
  const work = mkdtempSync(join(state, "fetch-"));
  const wanted = `${source.package}=${source.version}`;
  const get = () => run("apt-get", ["source", "--download-only", "--only-source", wanted], { cwd: work, env });
  try {
    try {
      await get();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // No lists yet, or old ones.
      await run("apt-get", ["update"], { env });
      await get();
    }
    if (!existsSync(join(work, source.file))) {
      throw new SourceError(`${wanted} has ${readdirSync(work).join(", ")}, and no ${source.file}`);
    }
    await copyFile(join(work, source.file), file);
  } catch (error) {
    if (error instanceof CommandError) {
      throw new SourceError(/^E: (.*)$/m.exec(error.output)?.[1] ?? error.output, { cause: error });
    }
    if (isAbsent(error)) throw new SourceError("no apt-get on PATH", { cause: error });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Lays out apt's private state; gives its configuration file. */
function configure(state: string): string {
  const parts = join(state, "sources");
  const [lists, cache] = [join(state, "lists"), join(state, "cache")];
  for (const folder of [parts, join(lists, "partial"), join(cache, "archives", "partial")]) {
    mkdirSync(folder, { recursive: true });
  }
  for (const name of readdirSync(parts)) rmSync(join(parts, name));
  for (const path of repositoryFiles()) {
    const text = sourceLines(readFileSync(path, "utf8"), path.endsWith(".sources"));
    writeFileSync(join(parts, basename(path)), text);
  }
  const settings = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": parts,
    "Dir::State::Lists": lists,
    "Dir::Cache": cache,
    // apt's own user may not enter this folder.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const file = join(state, "apt.conf");
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
  writeFileSync(file, lines.join(""));
  return file;
}

function repositoryFiles(): string[] {
  const folder = join(APT_DIRECTORY, "sources.list.d");
  const list = join(APT_DIRECTORY, "sources.list");
  const named = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [
    ...(existsSync(list) ? [list] : []),
    ...named.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name)),
  ];
}

/**
 * The same repositories, asked for sources instead of programs.
 * @param deb822 true for the format of `.sources` files, false for one line a repository
 */
export function sourceLines(text: string, deb822: boolean): string {
  if (deb822) return text.replaceAll(/^Types:.*$/gim, "Types: deb-src");
  const lines = text.split("\n").map((line) => line.replace(/^\s*deb(-src)?(?=\s)/, "deb-src"));
  return `${[...new Set(lines.filter((line) => line.startsWith("deb-src")))].join("\n")}\n`;
}

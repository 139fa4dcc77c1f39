import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

import { sha256Of } from "../../components/matrix/run-shard/store";
import { UserError } from "../../components/user-error";
import { CACHE } from "../directories";
import type { Progress } from "../terminal/progress";
import { checkSpace } from "../toolbox/space";
import { fetchDebianSource } from "./debian-source";
import { fetchGoModule } from "./go-module";
import type { SourceArchive } from "./locate";

const SOURCES = join(CACHE, "sources");

/** MiB that the largest source archive and its download take. */
const LARGEST_MIB = 500;

/** Ways to get a URL, by scheme. */
const SCHEMES: Readonly<Record<string, (url: string, file: string) => Promise<void>>> = {
  gomod: fetchGoModule,
  apt: fetchDebianSource,
  https: fetchHttps,
};

/**
 * Gets a source archive and checks its digest.
 * @returns its file, `CACHE/sources/<sha256>`
 * @throws UserError where no place has it, or what a place has is something else; nothing is kept then
 */
export async function ensureSource(source: SourceArchive, progress: Progress): Promise<string> {
  const file = join(SOURCES, source.sha256);
  if (existsSync(file)) return file;
  checkSpace(`for the source of ${source.where}`, [{ directory: SOURCES, mebibytes: LARGEST_MIB }]);
  mkdirSync(SOURCES, { recursive: true });
  const partial = `${file}.${process.pid}`;
  const failures: string[] = [];
  try {
    for (const url of source.urls) {
      try {
        await progress.task(`Fetch ${url.slice(0, 90)}`, 5, () => get(url, partial));
      } catch (error) {
        failures.push(`${url}: ${error instanceof Error ? lastLine(error.message) : String(error)}`);
        continue;
      }
      const found = await sha256Of(partial);
      if (found !== source.sha256) {
        throw new UserError(`${source.where}: sha256 of ${url}`, found, `${source.sha256}, as the index says`);
      }
      renameSync(partial, file);
      return file;
    }
  } finally {
    rmSync(partial, { force: true });
  }
  throw new UserError(
    `${source.where}: source`,
    failures.join("; "),
    "a URL that can be had, or another source in the index",
  );
}

async function get(url: string, file: string): Promise<void> {
  const scheme = url.split(":")[0] ?? "";
  const way = SCHEMES[scheme];
  if (way === undefined) throw new Error(`allowed: ${Object.keys(SCHEMES).join(", ")}`);
  await way(url, file);
}

async function fetchHttps(url: string, file: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${response.statusText}`);
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file));
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

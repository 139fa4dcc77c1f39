import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import { CACHE } from "../directories";
import type { Progress, Report } from "../terminal/progress";
import { Digests } from "../toolbox/digests";
import { withLock } from "../toolbox/lock";
import { checkSpace } from "../toolbox/space";
import { fetchDebianSource } from "./debian-source";
import { download } from "./download";
import { fetchGoModule } from "./go-module";
import type { WantedSource } from "./list-sources";
import { SourceError } from "./source-error";
import { parseSourceUrl, type SourceUrl } from "./source-url";

/** Source archives by sha256, for every farm of this machine. */
export const SOURCES = join(CACHE, "sources");

/** MiB that a source archive takes at most, with what its fetching leaves behind. */
const LARGEST_MIB = 150;

/** Seconds that an archive usually takes. */
const EXPECTED_SECONDS = 10;

/**
 * Fetches what is not there yet into `<directory>/<sha256>`. Every archive is read and compared before it gets that
 * name, and again whenever the file under it has changed since.
 * @returns the files, in the order wanted
 * @throws UserError naming file and key, for a wrong sha256, an address of no known form, or a source that cannot be had
 */
export async function fetchSources(
  wanted: readonly WantedSource[],
  progress: Progress,
  directory: string = SOURCES,
): Promise<string[]> {
  for (const source of wanted) for (const url of source.urls) parseSourceUrl(url, `${source.where}.url`);
  mkdirSync(directory, { recursive: true });
  const digests = new Digests(join(directory, "digests.json"));
  const place = ({ sha256 }: WantedSource) => join(directory, sha256);
  const isThere = async (source: WantedSource) =>
    existsSync(place(source)) && (await digests.sha256(place(source))) === source.sha256;
  const missing: WantedSource[] = [];
  for (const source of wanted) if (!(await isThere(source))) missing.push(source);
  if (missing.length > 0) {
    checkSpace("for source archives", [{ directory, mebibytes: LARGEST_MIB * missing.length }]);
    const waiting = () => {
      progress.line("Another ./farm fetches sources: waiting for it");
    };
    await withLock(join(directory, "lock"), waiting, async () => {
      for (const source of missing) {
        if (await isThere(source)) continue;
        const title = `Fetch ${source.where.replace(/(^|.*\/)([^/]+)\/repo\.json: versions\./, "$2 ")}`;
        await progress.task(title, EXPECTED_SECONDS, (report) =>
          fetchOne(source, place(source), digests, directory, report),
        );
      }
    });
  }
  return wanted.map(place);
}

async function fetchOne(
  source: WantedSource,
  file: string,
  digests: Digests,
  directory: string,
  report: Report,
): Promise<void> {
  const partial = join(directory, `${source.sha256}.partial`);
  const reasons: string[] = [];
  for (const text of source.urls) {
    const url = parseSourceUrl(text, `${source.where}.url`);
    const wasCarriedOn = existsSync(partial);
    const digest = async () => {
      await fetchFrom(url, partial, directory, report);
      return digests.sha256(partial, true);
    };
    let found: string;
    try {
      found = await digest();
      if (found !== source.sha256 && wasCarriedOn) {
        // What an earlier run left may have been damaged.
        rmSync(partial);
        found = await digest();
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      reasons.push(error.message);
      continue;
    }
    if (found === source.sha256) {
      renameSync(partial, file);
      return;
    }
    rmSync(partial);
    throw new UserError(`${source.where}.sha256`, source.sha256, `${found}, which is what ${text} holds`);
  }
  throw new UserError(
    source.where,
    `a source that cannot be had: ${source.urls.join(", ")} (${reasons.join("; ")})`,
    `an address that answers, or the archive itself as ${file}`,
  );
}

async function fetchFrom(url: SourceUrl, file: string, directory: string, report: Report): Promise<void> {
  if (url.scheme === "gomod") await fetchGoModule(url.module, url.version, file);
  else if (url.scheme === "apt") {
    const state = join(directory, "apt");
    mkdirSync(state, { recursive: true });
    await fetchDebianSource(url, file, state);
  } else {
    await download(url.url, file, (done, total) => {
      if (total !== undefined) report.fraction(done / total);
    });
  }
}

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { readJson } from "../../components/json";
import type { EarlierRun } from "../../components/matrix/measured";
import { RESULT, shardResultSchema } from "../../components/matrix/result";
import { readBuildEvents } from "../../components/matrix/run-shard/build-events";
import { UserError } from "../../components/user-error";

const FILES = ["result.json", "bep.json"];

/**
 * What earlier releases left below a directory, a copy of the logs bucket: every `result.json`, and the Build Event
 * file `bep.json` beside it or without it.
 * @param where how messages name the directory's option
 * @throws UserError where there is none of them, or a result that is none
 */
export function readEarlierRuns(directory: string, where: string): EarlierRun[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(where, directory, "a directory that exists");
  }
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
    FILES.includes(basename(file)),
  );
  if (files.length === 0)
    throw new UserError(where, directory, `a directory with ${FILES.join(" or ")} in it or below`);
  const present = new Set(files);
  const folders = [...new Set(files.map((file) => dirname(file)))].sort();
  return folders.map((folder): EarlierRun => {
    const [result, events] = FILES.map((name) => join(folder, name)).map((file) =>
      present.has(file) ? join(directory, file) : undefined,
    );
    return {
      result:
        result === undefined ? undefined : readJson(result, readFileSync(result, "utf8"), shardResultSchema, RESULT),
      actionSeconds: events === undefined ? new Map() : readBuildEvents(readFileSync(events, "utf8")).seconds,
    };
  });
}

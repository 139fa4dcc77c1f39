import { clean, EXIT_INFRASTRUCTURE, runShard } from "./run-shard";
import { freeMebibytes } from "./inputs";
import { readSettings } from "./settings";
import { Store } from "./store";

/** The folder that the pod may write to. */
const WORK = "/work";

/** Milliseconds between tries where the store is away: a server of one's own takes half a minute to restart. */
const PATIENCE = [1000, 4000, 10_000, 15_000, 30_000];

/** What the client container of a release Job runs. */
async function main(): Promise<number> {
  const stop = new AbortController();
  process.on("SIGTERM", () => {
    stop.abort();
  });
  const settings = readSettings(process.env);
  const store = new Store(settings.s3.endpoint, settings.s3.region, undefined, PATIENCE);
  clean(WORK);
  return runShard(settings, store, WORK, stop.signal);
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/ENOSPC|No space left on device/.test(text)) {
    return `disk of ${WORK}: found ${freeMebibytes(WORK)} MiB free; allowed: more ephemeral storage for the Job`;
  }
  return text.trim().split("\n").join(" ");
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`run-shard: ${oneLine(error)}\n`);
    process.exitCode = EXIT_INFRASTRUCTURE;
  },
);

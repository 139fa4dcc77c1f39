/**
 * A simulated release day: real etcd, API server, controller manager and scheduler; nodes and the lives of pods by KWOK.
 * Needs root and Linux, no farm: npx tsx bench/release-day.ts --help
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

import { UserError } from "../components/user-error";
import { options } from "../local/cli/options";
import { CACHE } from "../local/directories";
import { checkMachine } from "../local/node/machine";
import { ensureNamespace, inNamespace, insideNamespace, namespaceExists } from "../local/node/namespace";
import { stopNode } from "../local/node/stop";
import { StreamProgress } from "../local/terminal/progress";
import { withLock } from "../local/toolbox/lock";
import { ensureBenchTools, ensureTools } from "../local/toolbox/toolbox";
import { LAYOUT } from "./release-day/cluster";
import { allHold, report } from "./release-day/report";
import { type ReleaseDay, releaseDay } from "./release-day/steps";

const USAGE = `
Usage: npx tsx bench/release-day.ts [--short] [--json] [--seed TEXT] [--qps N] [--job-syncs N] [--ended-pods N]
                                    [--shard-cpu-seconds N]

A simulated release day. etcd, the API server, the controller manager and the scheduler are real; nodes and the lives of
pods are simulated by KWOK, and no container runs. The Jobs are those of the real planner and the real component: a new
quarterly minor (100,050 targets), then the whole matrix (1,200,600), while processes of the control plane are killed at
random and a spot storm takes nodes away. Prints rates beside KWOK's own, what was lost, and what etcd held. Ends with 1
where an index was lost or counted wrongly.

  --short                the quarter alone, and fewer plain pods: about 3 minutes instead of 8
  --json                 the same as data
  --seed TEXT            decides what goes wrong and when (default: monofarm)
  --qps N                requests a second of the scheduler and of each controller (default: 100)
  --job-syncs N          Jobs that the Job controller works on at once (default: 10)
  --ended-pods N         ended pods that are kept (default: 1000)
  --shard-cpu-seconds N  CPU-seconds of a shard: fewer make more indexes (default: the planner's, 18000)
`;

function parse(args: string[]): ReleaseDay & { json: boolean } {
  const { values, positionals } = options("bench/release-day.ts", args, {
    short: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    seed: { type: "string", default: "monofarm" },
    qps: { type: "string", default: "100" },
    "job-syncs": { type: "string", default: "10" },
    "ended-pods": { type: "string", default: "1000" },
    "shard-cpu-seconds": { type: "string" },
  });
  if (positionals[0] !== undefined) throw new UserError("bench/release-day.ts", positionals[0], "options only");
  const seconds = values["shard-cpu-seconds"];
  return {
    short: values.short,
    json: values.json,
    seed: values.seed,
    settings: {
      requestsPerSecond: positive("--qps", values.qps),
      jobSyncs: positive("--job-syncs", values["job-syncs"]),
      endedPods: positive("--ended-pods", values["ended-pods"]),
    },
    ...(seconds !== undefined && { shardCpuSeconds: positive("--shard-cpu-seconds", seconds) }),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`bench/release-day.ts ${option}`, text, "a whole number above 0");
}

/** Exit code after an interrupt: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Makes a network of its own, runs this program once more inside it, and leaves nothing behind, however that ends. */
async function outside(args: string[]): Promise<number> {
  checkMachine();
  const progress = new StreamProgress();
  await ensureTools(progress);
  await ensureBenchTools(progress);
  const busy = () => {
    progress.line("Another release day runs: waiting for it");
  };
  return withLock(join(CACHE, "release-day.lock"), busy, async () => {
    // What a run that was killed may have left.
    if (namespaceExists(LAYOUT)) await stopNode(true, LAYOUT);
    try {
      await ensureNamespace(LAYOUT);
      const code = await again(args);
      if (code === INTERRUPTED) progress.line("Interrupted; removing the control plane, its network and its folders");
      return code;
    } finally {
      await stopNode(true, LAYOUT);
    }
  });
}

/** An interrupt ends the program inside; this one stays to clean up. */
function again(args: string[]): Promise<number> {
  const [program = "", ...rest] = inNamespace([process.execPath, ...process.execArgv, __filename, ...args], LAYOUT);
  const child = spawn(program, rest, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code ?? INTERRUPTED);
    });
  });
}

async function inside(given: ReleaseDay & { json: boolean }): Promise<number> {
  const progress = new StreamProgress();
  const tools = { ...(await ensureTools(progress)), ...(await ensureBenchTools(progress)) };
  const results = await releaseDay(tools, given, progress);
  process.stdout.write(given.json ? `${JSON.stringify(results, undefined, 2)}\n` : `\n${report(results)}`);
  return allHold(results.steps) ? 0 : 1;
}

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(USAGE.trimStart());
    return 0;
  }
  const given = parse(args);
  return insideNamespace(LAYOUT) ? inside(given) : outside(args);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`release-day: ${error instanceof UserError ? error.message : String(error)}\n`);
    // At once: what still waits for a control plane that is gone has nothing to wait for.
    process.exit(error instanceof UserError ? 2 : 1);
  },
);

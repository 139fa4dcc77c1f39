/**
 * What an action costs on a farm that stands, with each wall and without it; what storage reads and writes beside the
 * raw disk. Needs `./farm up`, root and a quiet machine: npx tsx bench/actions.ts [--json]
 */
import { spawnSync } from "node:child_process";

import { options } from "../local/cli/options";
import { inNamespace, insideNamespace } from "../local/node/namespace";
import { StreamProgress } from "../local/terminal/progress";
import { table } from "../local/terminal/table";
import { startControlWorkers, stopControlWorkers, WALLS, controlProperty } from "../test/attacks/control-workers";
import { frontendClient, platform } from "../test/farm/identities";
import { actionSeconds, type Latency } from "./actions/latency";
import { storageThroughput, type Throughput } from "./actions/throughput";
import { tokenCheck, type TokenCheck } from "./actions/token-check";

const USAGE = `
Usage: npx tsx bench/actions.ts [--json]

On the farm of this machine: seconds that an empty action takes through it, one after another and several at once; the
same on workers that lack one wall each, and on one that lacks them all, as upstream's example for Kubernetes has it; what
checking a token costs a call; mebibytes a second into and out of the CAS, beside the disk below it. Takes about two
minutes.
`;

/** Actions of one measurement, after some that warm up. */
const ACTIONS = 60;

async function inside(json: boolean): Promise<void> {
  const progress = new StreamProgress();
  const client = await frontendClient();
  const farm = await platform();
  const latencies: (Latency & { readonly walls: string })[] = [];
  await progress.task("Start workers without walls", 15, () => startControlWorkers([...WALLS, "every wall"]));
  try {
    const without = [...WALLS, "every wall"] as const;
    const places = [
      { walls: "all", more: {} },
      ...without.map((wall) => ({ walls: `all but ${wall}`, more: controlProperty(wall) })),
    ];
    for (const { walls, more } of places) {
      const latency = await progress.task(`Empty actions: ${walls}`, 12, () =>
        actionSeconds(client, { ...farm, ...more }, ACTIONS),
      );
      latencies.push({ walls: walls === "all but every wall" ? "none, as upstream's example" : walls, ...latency });
    }
  } finally {
    await stopControlWorkers();
  }
  const tokens = await progress.task("Calls with and without a token", 10, () => tokenCheck());
  const throughput = await progress.task("Blobs in and out", 20, () => storageThroughput(client));
  const results = { latencies, tokens, throughput };
  process.stdout.write(json ? `${JSON.stringify(results, undefined, 2)}\n` : report(latencies, tokens, throughput));
}

function report(
  latencies: readonly (Latency & { readonly walls: string })[],
  tokens: TokenCheck,
  throughput: readonly Throughput[],
): string {
  const number = (value: number, digits = 1) => value.toFixed(digits);
  const base = latencies.at(-1)?.median ?? 1;
  const actions = table(
    [
      { heading: "WALLS" },
      { heading: "MEDIAN ms", align: "right" },
      { heading: "P95 ms", align: "right" },
      { heading: "RATIO TO NONE", align: "right" },
      { heading: "ACTIONS A SECOND", align: "right" },
    ],
    latencies.map(({ walls, median, p95, perSecond }) => [
      walls,
      number(median * 1000),
      number(p95 * 1000),
      number(median / base, 2),
      number(perSecond),
    ]),
  );
  const blobs = table(
    [
      { heading: "CAS" },
      { heading: "MiB A SECOND", align: "right" },
      { heading: "THE DISK", align: "right" },
      { heading: "RATIO", align: "right" },
    ],
    throughput.map(({ what, mebibytes, disk }) => [what, number(mebibytes), number(disk), number(mebibytes / disk, 2)]),
  );
  const calls = `A call without a token ${number(tokens.open * 1e6, 0)} us, with one ${number(tokens.checked * 1e6, 0)} us: ${number(tokens.checked / tokens.open, 2)} times`;
  return `\n${actions}\n\n${calls}\n\n${blobs}\n`;
}

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(USAGE.trimStart());
    return 0;
  }
  const { values } = options("bench/actions.ts", args, { json: { type: "boolean", default: false } });
  if (insideNamespace()) {
    await inside(values.json);
    return 0;
  }
  const [program = "", ...rest] = inNamespace([process.execPath, ...process.execArgv, __filename, ...args]);
  return spawnSync(program, rest, { stdio: "inherit" }).status ?? 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`bench/actions.ts: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);

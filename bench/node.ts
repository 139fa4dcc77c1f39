/**
 * A Kubernetes node of its own, from nothing to Ready, three times: MONOFARM_NAME=bench npx tsx bench/node.ts
 *
 * It has a network namespace, folders and a cgroup of that name, and takes all of it away again. Needs root and the
 * toolbox (`./farm toolbox`).
 */
import { spawnSync } from "node:child_process";

import { UserError } from "../components/user-error";
import { NAME } from "../local/directories";
import { ensureNamespace, inNamespace, insideNamespace, namespaceExists } from "../local/node/namespace";
import { ensureNode, nodeStatus } from "../local/node/node";
import { stopNode } from "../local/node/stop";
import { StreamProgress } from "../local/terminal/progress";
import { table } from "../local/terminal/table";
import { ensureTools } from "../local/toolbox/toolbox";

const RUNS = 3;

/** Seconds that it should take at most on 2 cores. */
const AIM_SECONDS = 20;

interface Figures {
  readonly seconds: number;
  readonly daemonsMiB: number;
}

/** Inside the namespace: certificates, daemons, a Ready node. No pod runs, so the sandbox image may be missing. */
async function start(): Promise<void> {
  const tools = await ensureTools(new StreamProgress());
  const started = Date.now();
  await ensureNode(tools, "monofarm.local/none", () => Promise.resolve(), new StreamProgress());
  const seconds = (Date.now() - started) / 1000;
  const { daemons } = await nodeStatus(tools);
  const daemonsMiB = daemons.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 2 ** 20;
  process.stdout.write(JSON.stringify({ seconds, daemonsMiB } satisfies Figures));
}

async function once(): Promise<Figures> {
  try {
    const started = Date.now();
    await ensureNamespace();
    const namespace = (Date.now() - started) / 1000;
    const [program = "", ...args] = inNamespace([process.execPath, ...process.execArgv, __filename]);
    const { stdout, status } = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (status !== 0) throw new Error(`the node did not start: exit code ${status ?? "none"}`);
    const { seconds, daemonsMiB } = JSON.parse(stdout) as Figures;
    return { seconds: namespace + seconds, daemonsMiB };
  } finally {
    await stopNode(true);
  }
}

async function main(): Promise<void> {
  if (insideNamespace()) {
    await start();
    return;
  }
  if (namespaceExists())
    throw new UserError("MONOFARM_NAME", `${NAME}, a farm that runs`, "a name of its own, such as bench");
  const rows: string[][] = [];
  for (let run = 1; run <= RUNS; run++) {
    const { seconds, daemonsMiB } = await once();
    rows.push([String(run), `${seconds.toFixed(1)} s`, `<= ${AIM_SECONDS} s`, `${Math.round(daemonsMiB)} MiB`]);
  }
  const columns = ["RUN", "NOTHING TO READY", "AIM", "DAEMONS' MEMORY"].map((heading) => ({
    heading,
    align: "right" as const,
  }));
  process.stdout.write(`\n${table(columns, rows)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof UserError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/**
 * Records the state of the farm on a simulated AWS as an earlier version makes it:
 * `npx tsx test/farm/upgrade/record.ts COMMIT`, after `./farm toolbox`, writes `state-COMMIT.json.gz` beside this file.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { UserError } from "../../../components/user-error";
import { CHECKOUT } from "../../../local/directories";
import { run } from "../../../local/run";
import { presentTools } from "../../../local/toolbox/toolbox";

/** What earlier versions have, and what is asked of it. */
interface EarlierVersion {
  readonly Simulation: { start(tools: unknown): Promise<EarlierSimulation> };
}
interface EarlierSimulation {
  pulumi(args: readonly string[]): Promise<string>;
  state(...args: readonly string[]): Promise<string>;
  end(): void;
}

async function record(commit: string): Promise<void> {
  const checkout = mkdtempSync(join(tmpdir(), "monofarm-earlier-"));
  try {
    await run("git", ["-C", CHECKOUT, "worktree", "add", "--detach", "--force", checkout, commit]);
    symlinkSync(join(CHECKOUT, "node_modules"), join(checkout, "node_modules"));
    const earlier = (await import(join(checkout, "local", "simulation", "simulation.ts"))) as EarlierVersion;
    const simulation = await earlier.Simulation.start(await presentTools());
    await simulation.pulumi(["up", "--yes", "--skip-preview"]);
    const state = JSON.parse(await simulation.state("stack", "export"), withoutTraces) as object;
    simulation.end();
    writeFileSync(join(__dirname, `state-${commit}.json.gz`), gzipSync(JSON.stringify(state)));
  } finally {
    await run("git", ["-C", CHECKOUT, "worktree", "remove", "--force", checkout]);
    rmSync(checkout, { recursive: true, force: true });
  }
}

/** When and where something was declared: half of a state, and nothing that an update reads. */
function withoutTraces(key: string, value: unknown): unknown {
  return ["created", "modified", "sourcePosition", "stackTrace"].includes(key) ? undefined : value;
}

const [commit] = process.argv.slice(2);
if (commit === undefined) throw new UserError("record.ts", "no commit", "a commit that has local/simulation");
void record(commit);

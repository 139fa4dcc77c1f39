import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";
import { installBrowser } from "../node/machine";
import { inNamespace } from "../node/namespace";
import { duration, StreamProgress } from "../terminal/progress";
import { table } from "../terminal/table";
import { ensureTestTools } from "../toolbox/toolbox";
import { inForeground } from "./again";
import type { Command } from "./command";
import { options } from "./options";
import { readReport, type Tested } from "./test-report";

const STAGES = ["check", "pure", "farm", "arm64"] as const;
type Stage = (typeof STAGES)[number];

/** Too slow for every day. */
const ON_DEMAND: Stage = "arm64";

/** What one stage came to. */
interface Outcome extends Tested {
  readonly stage: string;
  readonly seconds: number;
}

const usage = `
Usage: ./farm test [--long] [--clock] [STAGE…]

Everything that proves the farm; all stages but the last by default, in this order:
  check   types, lint and format
  pure    planners, components and the shard runner, without a cluster
  farm    ./farm up and the stack's own release, which ends one that is there; every image once more from nothing; then
          on the running farm: attacks, faults in the midst of builds, and all else
  arm64   only where it is named: ./farm up --arch amd64,arm64, and a release for both; arm64 is emulated

  --long   also the faults, and the stacks that policies refuse, that a day's run has no time for
  --clock  also faults of the clock: sets that of the whole machine ten minutes ahead for 15 s, and ten minutes late; not on
           a machine that somebody else works on

The last line is "N passed, N failed"; the exit code is 0 only when nothing failed.
`;

export const command: Command = {
  usage,
  run: async (args) => {
    const { values, positionals: words } = options(
      "./farm test",
      args,
      { long: { type: "boolean" }, clock: { type: "boolean" } },
      "words",
    );
    if (values.long === true) process.env["MONOFARM_LONG"] = "1";
    if (values.clock === true) process.env["MONOFARM_CLOCK"] = "1";
    const unknown = words.find((arg) => !STAGES.some((stage) => stage === arg));
    if (unknown !== undefined) throw new UserError("./farm test", unknown, `a stage: ${STAGES.join(", ")}`);
    const wanted = STAGES.filter((stage) => (words.length === 0 ? stage !== ON_DEMAND : words.includes(stage)));
    const outcomes: Outcome[] = [];
    for (const stage of wanted) outcomes.push(...(await RUN[stage]()));
    process.stdout.write(`\n${summary(outcomes)}\n`);
    for (const { stage, failures } of outcomes)
      for (const failure of failures) process.stdout.write(`failed in ${stage}: ${failure}\n`);
    const [passed, failed] = [sum(outcomes, "passed"), sum(outcomes, "failed")];
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed === 0 && passed > 0 ? 0 : 1;
  },
};

const RUN: Readonly<Record<Stage, () => Promise<Outcome[]>>> = {
  check: async () => [
    await single("types", node("node_modules/typescript/bin/tsc", "--noEmit")),
    await single("lint", node("node_modules/eslint/bin/eslint.js", "--max-warnings=0", ".")),
    await single("format", node("node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", ".")),
  ],
  pure: async () => [await vitest("pure", (argv) => argv)],
  farm: () =>
    onFarm(["up --no-release", "release --instead"], async () => {
      // Inside the farm's network nothing can be built.
      await ensureTestTools(new StreamProgress());
      await installBrowser(new StreamProgress());
      return [
        await vitest("images", (argv) => argv),
        await vitest("attacks", inNamespace),
        await vitest("faults", inNamespace),
        await vitest("farm", inNamespace),
      ];
    }),
  arm64: () => onFarm(["up --no-release --arch amd64,arm64"], async () => [await vitest("arm64", inNamespace)]),
};

/** Tests on a farm that these commands bring about; nothing is tested where one of them fails. */
async function onFarm(commands: readonly string[], tests: () => Promise<Outcome[]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const outcome = await single(`farm ${command}`, [join(CHECKOUT, "farm"), ...command.split(" ")]);
    outcomes.push(outcome);
    if (outcome.failed > 0) return outcomes;
  }
  return [...outcomes, ...(await tests())];
}

function node(script: string, ...args: string[]): string[] {
  return [process.execPath, join(CHECKOUT, script), ...args];
}

/** A program that passes or fails as a whole. */
async function single(stage: string, argv: string[]): Promise<Outcome> {
  const { exitCode, seconds } = await timed(argv);
  const failures = exitCode === 0 ? [] : [`${argv.join(" ")}: exit code ${exitCode}`];
  return { stage, passed: exitCode === 0 ? 1 : 0, failed: failures.length, failures, seconds };
}

/** One vitest project, counted from its own report; a run that leaves no report, or tests nothing, has failed. */
async function vitest(project: string, wrap: (argv: string[]) => string[]): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "monofarm-test-"));
  const report = join(directory, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { exitCode, seconds } = await timed(
      wrap(node("node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters)),
    );
    const tested = readReport(report);
    const isUntold = tested.failed === 0 && exitCode !== 0;
    const outcome = isUntold ? { ...tested, failed: 1, failures: [`vitest: exit code ${exitCode}`] } : tested;
    return { stage: project, ...outcome, seconds };
  } catch (error) {
    return { stage: project, passed: 0, failed: 1, failures: [`no report: ${String(error)}`], seconds: 0 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function timed(argv: readonly string[]): Promise<{ exitCode: number; seconds: number }> {
  const started = Date.now();
  const exitCode = await inForeground(argv, CHECKOUT);
  return { exitCode, seconds: (Date.now() - started) / 1000 };
}

function summary(outcomes: readonly Outcome[]): string {
  return table(
    [
      { heading: "STAGE" },
      { heading: "PASSED", align: "right" },
      { heading: "FAILED", align: "right" },
      { heading: "TOOK", align: "right" },
    ],
    outcomes.map(({ stage, passed, failed, seconds }) => [stage, `${passed}`, `${failed}`, duration(seconds)]),
  );
}

function sum(outcomes: readonly Outcome[], key: "passed" | "failed"): number {
  return outcomes.reduce((total, outcome) => total + outcome[key], 0);
}

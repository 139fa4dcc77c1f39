import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import { CHECKOUT, STATE } from "../directories";
import { engineEnvironment } from "../engine/environment";
import { inNamespace } from "../node/namespace";
import { CommandError, run } from "../run";
import type { Report } from "../terminal/progress";
import type { Tools } from "../toolbox/toolbox";
import { configFile, type StackName } from "./config";
import { policyArguments, violationIn } from "./policies";

const BACKEND = join(STATE, "pulumi");
const PASSPHRASE = join(STATE, "pulumi-passphrase");
const PROJECT = join(STATE, "config");

/** The environment in which plain `pulumi` works on this machine's farm. */
export function pulumiEnvironment(tools: Tools): Record<string, string> {
  return {
    ...engineEnvironment(tools),
    PULUMI_BACKEND_URL: `file://${BACKEND}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: PASSPHRASE,
  };
}

/** Runs `pulumi` on a stack of this machine, inside the farm's network namespace; creates the stack when it is new. */
export async function pulumi(
  tools: Tools,
  stack: StackName,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<string> {
  const env = pulumiEnvironment(tools);
  await ensureStack(tools, stack, env);
  releaseDeadLocks(stack);
  const command = [tools.pulumi.path, ...args, "--stack", stack, "--config-file", configFile(stack)];
  const [program = "", ...rest] = inNamespace([...command, "--non-interactive", "--color=never"]);
  // What policies say stands before the outputs: further up than an error quotes.
  const printed: string[] = [];
  const hear = (line: string) => {
    printed.push(line);
    onLine?.(line);
  };
  try {
    return await run(program, rest, { cwd: CHECKOUT, env, onLine: hear });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw mistakeIn(error.output) ?? violationIn(printed.join("\n")) ?? error;
  }
}

/** The program's own UserError, which Pulumi repeats among its output. */
function mistakeIn(output: string): UserError | undefined {
  const found = /error: ([^\n]+?): found (.+?); allowed: ([^\n]+)/.exec(output);
  return found === null ? undefined : new UserError(found[1] ?? "", found[2] ?? "", found[3] ?? "");
}

/** A line of Pulumi's output about a resource that changes: ` +  kubernetes:apps/v1:Deployment frontend creating (0s)`. */
const CHANGE = /^ [+~-]+ +\S*?([^:/\s]+) (\S+) (creat|updat|delet)/;

/**
 * `pulumi up` on a stack of this machine, telling which resource it is at. Asks the cluster first what is still there:
 * an interrupted `destroy`, or somebody's `kubectl delete`, takes things away that the stack's state still has.
 * Previews it first: what a mandatory policy refuses is refused before anything is made.
 * @throws UserError with the key to change, for the first such policy
 */
export async function pulumiUp(tools: Tools, stack: StackName, report: Report): Promise<Changes> {
  const output = await pulumi(tools, stack, ["up", "--yes", "--refresh", ...policyArguments()], (line) => {
    const [, type, name] = CHANGE.exec(line) ?? [];
    if (type !== undefined && name !== undefined) report.note(`(${type} ${name})`);
  });
  const changes = changesIn(output);
  const { created, updated, deleted, replaced, unchanged } = changes;
  report.note(`(${created} created, ${updated + replaced} changed, ${deleted} deleted, ${unchanged} unchanged)`);
  return changes;
}

/** What an `up` or `destroy` did, from the summary that Pulumi prints. */
export interface Changes {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly replaced: number;
  readonly unchanged: number;
}

/** Reads Pulumi's summary, the lines after `Resources:` such as `    + 3 created`; names of resources may look like them. */
export function changesIn(output: string): Changes {
  const summary = output.slice(output.lastIndexOf("\nResources:"));
  const count = (word: string) => Number(new RegExp(`^ +[^\\d\\n]*(\\d+) ${word}`, "m").exec(summary)?.[1] ?? 0);
  return {
    created: count("created"),
    updated: count("updated"),
    deleted: count("deleted"),
    replaced: count("replaced"),
    unchanged: count("unchanged"),
  };
}

/** Outputs of a stack, secrets in clear text. */
export async function stackOutputs<T>(tools: Tools, stack: StackName): Promise<T> {
  const args = ["-C", PROJECT, "stack", "output", "--json", "--show-secrets", "--stack", stack];
  return JSON.parse(await run(tools.pulumi.path, args, { env: pulumiEnvironment(tools) })) as T;
}

/**
 * `pulumi stack init` saves the salt of the stack's secrets beside its Pulumi.yaml: a project file of the same name,
 * outside the checkout, keeps the checkout clean.
 */
async function ensureStack(tools: Tools, stack: StackName, env: Record<string, string>): Promise<void> {
  if (existsSync(join(BACKEND, ".pulumi", "stacks", "monofarm", `${stack}.json`))) return;
  mkdirSync(BACKEND, { recursive: true, mode: 0o700 });
  mkdirSync(PROJECT, { recursive: true, mode: 0o700 });
  if (!existsSync(PASSPHRASE)) {
    writeFileSync(`${PASSPHRASE}.new`, randomBytes(32).toString("base64"), { mode: 0o600 });
    renameSync(`${PASSPHRASE}.new`, PASSPHRASE);
  }
  writeFileSync(join(PROJECT, "Pulumi.yaml"), "name: monofarm\nruntime: nodejs\n");
  await run(tools.pulumi.path, ["-C", PROJECT, "stack", "init", stack, "--non-interactive"], { env });
}

/** Removes a stack's locks whose process is gone: what kill -9 or a reboot leaves behind. */
export function releaseDeadLocks(stack: StackName): void {
  const directory = join(BACKEND, ".pulumi", "locks", "organization", "monofarm", stack);
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid: number };
    if (!isPulumi(pid)) rmSync(file);
  }
}

/** Whether a process runs under the name `pulumi`: a dead one's pid may be another program's by now. */
function isPulumi(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "pulumi";
  } catch {
    return false;
  }
}

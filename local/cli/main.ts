import { UserError } from "../../components/user-error";
import { checkFarmName } from "../directories";
import { EXIT_INTERRUPTED, handleInterrupts, isInterrupted } from "../interrupt";
import { checkMachine } from "../node/machine";
import { insideNamespace, namespaceExists } from "../node/namespace";
import { paint } from "../terminal/colour";
import { table } from "../terminal/table";
import { again } from "./again";
import type { Command } from "./command";

/** Commands by name, in the order of `./farm --help`; each is loaded when it is called. */
const COMMANDS: Readonly<Record<string, { summary: string; load: () => Promise<{ command: Command }> }>> = {
  up: { summary: "stand the farm up and build PostgreSQL through it", load: () => import("./up") },
  test: { summary: "everything that proves the farm", load: () => import("./test") },
  status: { summary: "daemons, pods, queue, alerts, last release", load: () => import("./status") },
  page: { summary: "the farm in a browser, until Ctrl-C", load: () => import("./page") },
  release: { summary: "build targets through the farm and follow them", load: () => import("./release") },
  submit: { summary: "build targets through a farm elsewhere and follow them", load: () => import("./submit") },
  publish: { summary: "show a green release: provenance, index of packages", load: () => import("./publish") },
  push: { summary: "bring the farm's images to a registry, for a farm elsewhere", load: () => import("./push") },
  plan: { summary: "what a release is: targets, shards, Jobs, hours, price", load: () => import("./plan") },
  why: { summary: "why an extension is or is not in the matrix", load: () => import("./why") },
  simulate: { summary: "pulumi preview -s aws over a simulated cloud", load: () => import("./simulate") },
  lint: { summary: "what makes a Bazel workspace leak", load: () => import("./lint") },
  toolbox: { summary: "the tools of the farm: version, found or built, sha256", load: () => import("./toolbox") },
  env: { summary: 'print the environment for plain pulumi: eval "$(./farm env)"', load: () => import("./env") },
  "rotate-keys": { summary: "exchange the key that signs the farm's tokens", load: () => import("./rotate-keys") },
  down: { summary: "stop the farm; --purge removes its data too", load: () => import("./down") },
};

function help(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary]);
  return [
    "The build farm of Monogres on one machine: a real Kubernetes, BuildBarn, S3 and Bazel, declared with Pulumi.",
    "",
    "Usage: ./farm COMMAND [ARGUMENT…]        ./farm COMMAND --help tells more",
    "",
    table([{ heading: "  COMMAND" }, { heading: "WHAT IT DOES" }], rows),
    "",
  ].join("\n");
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "help" || isHelp(name)) {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  checkFarmName();
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined)
    throw new UserError("./farm", name, `--help, or a command: ${Object.keys(COMMANDS).join(", ")}`);
  const { command } = await entry.load();
  if (args.some(isHelp)) {
    process.stdout.write(`${command.usage.trimEnd()}\n`);
    return 0;
  }
  if (command.onMachine === true) checkMachine();
  if (command.inNamespace === true && namespaceExists() && !insideNamespace()) return again(name, args);
  return command.run(args);
}

/** Errors of JavaScript itself: mistakes of this program, which a trace helps to mend. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError];

function explain(error: unknown): number {
  const farm = paint("red", "farm:", process.stderr);
  if (isInterrupted()) {
    process.stderr.write(`${farm} interrupted; the same command carries on\n`);
    return EXIT_INTERRUPTED;
  }
  const text = error instanceof Error ? error.message : String(error);
  if (/ENOSPC|No space left on device/.test(text)) {
    process.stderr.write(
      `${farm} disk: found it full (${text.trim().split("\n").at(-1) ?? ""}); allowed: some GiB of room\n`,
    );
  } else if (BUGS.some((bug) => error instanceof bug)) {
    process.stderr.write(`${farm} a mistake of ./farm's own: ${(error as Error).stack ?? text}\n`);
  } else process.stderr.write(`${farm} ${text}\n`);
  return error instanceof UserError ? 2 : 1;
}

// Whoever reads the output may have read enough: the end, as SIGPIPE would have it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
});
handleInterrupts();
void main(process.argv.slice(2))
  .catch(explain)
  .then((code) => {
    process.exitCode = isInterrupted() ? EXIT_INTERRUPTED : code;
  });

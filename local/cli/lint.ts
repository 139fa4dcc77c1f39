import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { STARTUP_FLAGS } from "../../components/matrix/run-shard/bazel";
import { UserError } from "../../components/user-error";
import { HERMETIC } from "../../policies/hermetic/rules";
import { bazelFlags } from "../../policies/views/bazel-flags";
import { readRc } from "../../policies/views/bazelrc";
import { STARLARK } from "../../policies/views/workspace";
import { lintWorkspace, type Workspace, type WorkspaceFinding } from "../../policies/workspace";
import { paint } from "../terminal/colour";
import type { Command } from "./command";
import { options } from "./options";

const WHERE = "./farm lint";

const usage = `
Usage: ./farm lint WORKSPACE

Holds a Bazel workspace against the rules of the policy packs about Bazel: its .bazelrc, for each configuration that builds
remotely, with what it imports and the flags that the farm's clients add; its downloader configuration, where it has one; what its Starlark
fetches, its platforms and its lock files. Builds nothing.

The exit code is 1 when a mandatory rule is broken.
`;

export const command: Command = {
  usage,
  run: (args) => {
    const { positionals } = options(WHERE, args, {}, "words");
    const [workspace, ...others] = positionals;
    if (workspace === undefined || others.length > 0)
      throw new UserError(WHERE, positionals.join(" ") || "nothing", "one folder of a Bazel workspace");
    const findings = lintWorkspace(read(workspace), HERMETIC, STARTUP_FLAGS);
    process.stdout.write(`${report(workspace, findings)}\n`);
    return Promise.resolve(findings.some(isBroken) ? 1 : 0);
  },
};

function isBroken({ rule, isUndecided }: WorkspaceFinding): boolean {
  return rule.level === "mandatory" && !isUndecided;
}

function read(workspace: string): Workspace {
  const bazelrc = join(workspace, ".bazelrc");
  if (!existsSync(bazelrc))
    throw new UserError(WHERE, `no ${bazelrc}`, "the folder of a Bazel workspace, with a .bazelrc");
  const rc = readRc(readFileSync(bazelrc, "utf8"), (path) => textAt(workspace, path));
  const { set } = bazelFlags(rc.lines.flatMap(({ flags }) => flags));
  const named = set["downloader_config"] ?? set["experimental_downloader_config"];
  const downloader = textAt(workspace, String(named ?? "").replace("%workspace%/", ""));
  return { bazelrc: rc, files: starlark(workspace), ...(downloader !== undefined && { downloader }) };
}

/** Text of a file in a workspace, where it is one. */
function textAt(workspace: string, path: string): string | undefined {
  const file = join(workspace, path);
  const isInside = !relative(workspace, file).startsWith("..");
  return isInside && statSync(file, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(file, "utf8")
    : undefined;
}

/** Starlark and lock files of a workspace by path; `bazel-*` are links to what was built. */
function starlark(workspace: string): Record<string, string> {
  const entries = readdirSync(workspace, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(workspace, join(entry.parentPath, entry.name)))
    .filter((path) => STARLARK.test(path) || path === "MODULE.bazel.lock");
  return Object.fromEntries(files.sort().map((path) => [path, readFileSync(join(workspace, path), "utf8")]));
}

function report(workspace: string, findings: readonly WorkspaceFinding[]): string {
  if (findings.length === 0) return `${workspace}: holds every rule about Bazel`;
  return findings
    .map((finding) => {
      const { rule, where, found, isUndecided } = finding;
      const level = isUndecided ? "undecided" : rule.level;
      const shown = paint(isBroken(finding) ? "red" : "yellow", level, process.stdout);
      const why = `  required: ${rule.requires}, because ${rule.because}`;
      return `${shown}  ${rule.id} ${rule.name}\n  ${where}: found ${found}\n${why}`;
    })
    .join("\n");
}

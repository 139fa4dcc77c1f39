import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { STARTUP_FLAGS } from "../../components/matrix/run-shard/bazel";
import { UserError } from "../../components/user-error";
import { HERMETIC } from "../../policies/hermetic/rules";
import { lintWorkspace, type WorkspaceFinding } from "../../policies/workspace";
import { paint } from "../terminal/colour";
import type { Command } from "./command";
import { options } from "./options";

const WHERE = "./farm lint";

const usage = `
Usage: ./farm lint WORKSPACE

Holds a Bazel workspace against the rules of the policy packs about Bazel: its .bazelrc, for each configuration that builds
remotely, with the flags that the farm's clients add; and its downloader configuration, where it has one. Builds nothing.

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
    return Promise.resolve(findings.some(({ rule }) => rule.level === "mandatory") ? 1 : 0);
  },
};

function read(workspace: string) {
  const bazelrc = join(workspace, ".bazelrc");
  if (!existsSync(bazelrc))
    throw new UserError(WHERE, `no ${bazelrc}`, "the folder of a Bazel workspace, with a .bazelrc");
  const text = readFileSync(bazelrc, "utf8");
  const named = /--(?:experimental_)?downloader_config=(\S+)/.exec(text)?.[1];
  const downloader = named === undefined ? undefined : join(workspace, named.replace("%workspace%/", ""));
  return {
    bazelrc: text,
    ...(downloader !== undefined && existsSync(downloader) && { downloader: readFileSync(downloader, "utf8") }),
  };
}

function report(workspace: string, findings: readonly WorkspaceFinding[]): string {
  if (findings.length === 0) return `${workspace}: holds every rule about Bazel`;
  return findings
    .map(({ rule, config, found }) => {
      const level = paint(rule.level === "mandatory" ? "red" : "yellow", rule.level, process.stdout);
      const where = config === "" ? ".bazelrc" : `.bazelrc with --config=${config}`;
      return `${level}  ${rule.id} ${rule.name}\n  ${where}: found ${found}\n  required: ${rule.requires}, because ${rule.because}`;
    })
    .join("\n");
}

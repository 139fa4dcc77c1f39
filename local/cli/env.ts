import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { STATE } from "../directories";
import { inNamespace } from "../node/namespace";
import { FARM_LAYOUT, paths } from "../node/layout";
import { pulumiEnvironment } from "../stack/pulumi";
import { presentTools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: eval "$(./farm env)"

Prints shell assignments after which plain pulumi and kubectl work on this machine's farm:
  pulumi preview -s local      pulumi up -s release      kubectl get pods -A

Without -s, pulumi works on the stack local. Both are wrappers that enter the farm's network namespace; pulumi is also given the stack's configuration with what
belongs to this machine (image digests, folders), which is kept outside the checkout.
`;

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    options("./farm env", args, {});
    const tools = await presentTools();
    const folder = join(STATE, "bin");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const enter = inNamespace([]).map(quoted).join(" ");
    script(join(folder, "pulumi"), [...selectConfiguration(), `exec ${enter} ${quoted(tools.pulumi.path)} "$@"`]);
    script(join(folder, "kubectl"), [`exec ${enter} ${quoted(tools.kubectl.path)} "$@"`]);
    const { PATH = "", ...rest } = pulumiEnvironment(tools);
    const environment = {
      PATH: `${folder}:${PATH}`,
      ...rest,
      KUBECONFIG: paths(FARM_LAYOUT).kubeconfig,
      // Else whichever stack was selected last would be given the farm's configuration.
      PULUMI_STACK: "local",
    };
    for (const [name, value] of Object.entries(environment)) process.stdout.write(`export ${name}=${quoted(value)}\n`);
    return 0;
  },
};

/** Pulumi takes every flag from PULUMI_OPTION_<FLAG> too: that leaves the arguments as they are. */
function selectConfiguration(): string[] {
  return [
    "stack=${PULUMI_STACK:-local} previous=",
    "for word; do",
    '  case "$previous" in -s | --stack) stack=$word ;; esac',
    '  case "$word" in --stack=*) stack=${word#--stack=} ;; esac',
    "  previous=$word",
    "done",
    `file=${quoted(join(STATE, "config"))}/Pulumi.$stack.yaml`,
    '[ ! -f "$file" ] || export PULUMI_OPTION_CONFIG_FILE=$file',
  ];
}

function script(file: string, lines: readonly string[]): void {
  writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

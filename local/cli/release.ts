import { UserError } from "../../components/user-error";
import { insideNamespace, namespaceExists } from "../node/namespace";
import { summary, verdictReport } from "../release/report";
import {
  fetchReleaseSources,
  type ReleaseRequest,
  releaseStatus,
  type ReleaseState,
  runRelease,
} from "../release/release";
import { isRed } from "../release/verdict";
import { StreamProgress } from "../terminal/progress";
import { presentTools } from "../toolbox/toolbox";
import { again } from "./again";
import type { Command } from "./command";
import { architectures, options } from "./options";

const usage = `
Usage: ./farm release [--all | TARGET…] [--arch amd64,arm64] [--again] [--instead] [--json]
       ./farm release status [--json]

Builds targets through the farm: declares their Jobs by pulumi up -s release, and follows them. Without targets it
builds what stacks/Pulumi.release.yaml names. Ctrl-C stops following, not the release.

  TARGET    a label of the example workspace, such as //postgres:postgres~16.9~regular; * stands for anything in it
  --all     everything that the index holds
  --arch    architectures to build for, of those that the farm has workers for
  --again   run a release once more though it is green; what failed runs again in any case
  --instead end another release that still runs; without it this one is refused
  status    adds up what the release has come to; the exit code is 1 where a target is red
  --json    {id, verdicts: [{label, architecture, status, sha256, size, seconds, message, …}], warnings: [what the
            farm's storage has too little of for this release]}
`;

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    const { values, positionals } = options(
      "./farm release",
      args,
      {
        all: { type: "boolean" },
        arch: { type: "string" },
        again: { type: "boolean", default: false },
        instead: { type: "boolean", default: false },
        json: { type: "boolean" },
      },
      "words",
    );
    if (!namespaceExists()) throw new UserError("./farm release", "no farm that runs", "./farm up first");
    const json = values.json ?? false;
    if (positionals[0] === "status") {
      if (!insideNamespace()) return again("release", args);
      return show(await releaseStatus(await presentTools()), json);
    }
    if (values.all === true && positionals.length > 0)
      throw new UserError("./farm release --all", positionals.join(" "), "--all or targets");
    const request: ReleaseRequest = {
      again: values.again,
      instead: values.instead,
      ...(values.all === true && { targets: [] }),
      ...(positionals.length > 0 && { targets: positionals }),
      ...(values.arch !== undefined && { architectures: architectures("./farm release", values.arch) }),
    };
    const progress = new StreamProgress();
    if (!insideNamespace()) {
      await fetchReleaseSources(request, progress);
      return again("release", args);
    }
    return show(await runRelease(await presentTools(), request, progress), json);
  },
};

function show(state: ReleaseState, json: boolean): number {
  const { id, verdicts, warnings } = state;
  const code = verdicts.some(isRed) ? 1 : 0;
  if (json) {
    process.stdout.write(`${JSON.stringify({ id, verdicts, warnings }, null, 2)}\n`);
    return code;
  }
  process.stdout.write(verdictReport(verdicts, process.stdout.isTTY));
  process.stdout.write(`Release ${id}: ${summary(verdicts)}\n`);
  return code;
}

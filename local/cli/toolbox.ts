import { paint } from "../terminal/colour";
import { StreamProgress } from "../terminal/progress";
import { table } from "../terminal/table";
import { ensureTools, toolDigests } from "../toolbox/toolbox";
import type { Command } from "./command";

const usage = `
Usage: ./farm toolbox [--json]

Finds or builds every program of the farm, then lists them. A program on PATH of an accepted version is used as it is;
any other is built from the modules pinned in local/toolbox/*/go.mod, once, and kept in ~/.cache/monofarm/tools.
Bazel is not among them: it comes with the client image.

  --json   a list of {name, version, origin, sha256, path}
`;

export const command: Command = {
  summary: "the tools of the farm: version, found or built, sha256",
  usage,
  run: async (args) => {
    const tools = await ensureTools(new StreamProgress());
    const digests = await toolDigests(tools);
    const rows = Object.values(tools).map((tool) => ({ ...tool, sha256: digests.get(tool.name) ?? "" }));
    if (args.includes("--json")) {
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return 0;
    }
    const columns = ["TOOL", "VERSION", "ORIGIN", "SHA256"].map((heading) => ({ heading }));
    const cells = rows.map(({ name, version, origin, sha256 }) => [paint("bold", name), version, origin, sha256]);
    process.stdout.write(`${table(columns, cells)}\n`);
    return 0;
  },
};

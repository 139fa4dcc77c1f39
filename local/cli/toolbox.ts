import { paint } from "../terminal/colour";
import { StreamProgress } from "../terminal/progress";
import { table } from "../terminal/table";
import { BENCH_MODULES } from "../toolbox/bench-catalog";
import { TEST_MODULES } from "../toolbox/test-catalog";
import { asPresent, ensureTools, toolDigests } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm toolbox [--json]

Finds or builds every program of the farm, then lists them. A program on PATH of an accepted version is used as it is;
any other is built from the modules pinned in local/toolbox/*/go.mod, once, and kept in ~/.cache/monofarm/tools.
Bazel is not among them: it comes with the client image. Programs that only benchmarks or tests run are listed and not
built: a benchmark builds its own when it starts, ./farm test those of the tests.

  --json   a list of {name, version, for, origin, sha256, path}; for is farm, bench or test, and what is not built has no path
`;

export const command: Command = {
  usage,
  run: async (args) => {
    const { values } = options("./farm toolbox", args, { json: { type: "boolean", default: false } });
    const farm = Object.values(await ensureTools(new StreamProgress()));
    const bench = await asPresent(BENCH_MODULES);
    const test = await asPresent(TEST_MODULES);
    const tools = [
      ...farm.map((tool) => ({ ...tool, for: "farm" })),
      ...bench.map((tool) => ({ ...tool, for: "bench" })),
      ...test.map((tool) => ({ ...tool, for: "test" })),
    ];
    const digests = await toolDigests(tools.filter((tool) => "path" in tool));
    const rows = tools.map((tool) => ({ ...tool, sha256: digests.get(tool.name) ?? "" }));
    if (values.json) {
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return 0;
    }
    const columns = ["TOOL", "VERSION", "FOR", "ORIGIN", "SHA256"].map((heading) => ({ heading }));
    const cells = rows.map((row) => [paint("bold", row.name), row.version, row.for, row.origin, row.sha256]);
    process.stdout.write(`${table(columns, cells)}\n`);
    return 0;
  },
};

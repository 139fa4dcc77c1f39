import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { engineEnvironment } from "../local/engine/environment";
import { run } from "../local/run";
import { StreamProgress } from "../local/terminal/progress";
import { ensureTools } from "../local/toolbox/toolbox";
import { FULL_MATRIX, writeMatrix } from "./matrix-full-index";

/** `pulumi preview` and the state of a release of the full matrix: real engine and provider, Jobs rendered to files. */
async function main(): Promise<void> {
  const tools = await ensureTools(new StreamProgress());
  const directory = mkdtempSync(join(tmpdir(), "monofarm-preview-"));
  try {
    const [index, rendered, backend] = ["index", "rendered", "state"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [rendered, backend]) mkdirSync(path);
    writeMatrix(index, FULL_MATRIX);
    const env = {
      ...engineEnvironment(tools),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
    };
    // Stacks and their configuration are made in a copy of the project: the checkout stays clean.
    const program = join(__dirname, "matrix-preview");
    copyFileSync(join(program, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
    const at = (cwd: string, ...args: string[]) =>
      run(tools.pulumi.path, [...args, "--non-interactive", "--color=never"], { cwd, env });
    await at(directory, "stack", "init", "bench");
    for (const [key, value] of Object.entries({ index, rendered })) {
      await at(directory, "config", "set", key, value, "--stack", "bench");
    }
    const pulumi = (...args: string[]) =>
      at(program, ...args, "--stack", "bench", "--config-file", join(directory, "Pulumi.bench.yaml"));
    const started = performance.now();
    const preview = await pulumi("preview");
    const seconds = (performance.now() - started) / 1000;
    await pulumi("up", "--yes", "--skip-preview");
    const state = join(backend, ".pulumi/stacks/matrix-preview/bench.json");
    const objects = readdirSync(rendered, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".yaml"),
    );
    process.stdout.write(
      [
        `pulumi preview of 1,200,600 targets: ${seconds.toFixed(1)} s, ${/(\d+) to create/.exec(preview)?.[1] ?? "?"} resources`,
        `state after up: ${(statSync(state).size / 1e6).toFixed(3)} MB, ${objects.length} Jobs rendered`,
        "",
      ].join("\n"),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

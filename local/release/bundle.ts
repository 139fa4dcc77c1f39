import { join } from "node:path";

import { build } from "esbuild";

import { CHECKOUT } from "../directories";

/** What the client image runs: components/matrix/run-shard and all that it imports, as one JavaScript file. */
export async function bundleShardRunner(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(CHECKOUT, "components", "matrix", "run-shard", "main.ts")],
    absWorkingDir: CHECKOUT,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    write: false,
    logLevel: "warning",
  });
  return outputFiles.map(({ text }) => text).join("\n");
}

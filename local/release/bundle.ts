import { join } from "node:path";

import { build } from "esbuild";

import { CHECKOUT } from "../directories";

/** Programs of the farm's own that run in pods, by file name; the client image has them. */
const PROGRAMS = {
  "run-shard.js": "components/matrix/run-shard/main.ts",
  "autoscale.js": "components/buildbarn/autoscale/main.ts",
} as const;

/** Each of these programs with all that it imports, as one JavaScript file. */
export type Programs = Readonly<Record<keyof typeof PROGRAMS, string>>;

/** Bundles the programs that run in pods. */
export async function bundlePrograms(): Promise<Programs> {
  const texts = Object.entries(PROGRAMS).map(async ([name, entry]) => [name, await bundle(entry)]);
  return Object.fromEntries(await Promise.all(texts)) as Programs;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(CHECKOUT, entry)],
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

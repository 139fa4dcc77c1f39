import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "../run";
import { withRegistry } from "./registry";

/** How a container of an image starts when its pod says nothing else. */
export interface ImageConfig {
  readonly architecture: "amd64" | "arm64";
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
}

/**
 * Assembles an image from layers with go-containerregistry's crane, as an OCI layout in a tar.
 * @returns the digest of its manifest, `sha256:…`
 */
export async function assemble(
  crane: string,
  layers: readonly string[],
  config: ImageConfig,
  tar: string,
): Promise<string> {
  return withRegistry(crane, async (registry) => {
    const [bare, whole] = [`${registry}/bare:1`, `${registry}/whole:1`];
    await run(crane, ["append", "--oci-empty-base", ...layers.flatMap((layer) => ["-f", layer]), "-t", bare]);
    await run(crane, ["mutate", bare, "-t", whole, ...mutation(config)]);
    const layout = mkdtempSync(join(dirname(tar), "layout-"));
    try {
      await run(crane, ["pull", "--format=oci", whole, layout]);
      await run("tar", ["--create", `--file=${tar}`, "--directory", layout, "."]);
    } finally {
      rmSync(layout, { recursive: true, force: true });
    }
    return (await run(crane, ["digest", whole])).trim();
  });
}

function mutation(config: ImageConfig): string[] {
  return [
    `--set-platform=linux/${config.architecture}`,
    ...(config.entrypoint === undefined ? [] : [`--entrypoint=${config.entrypoint.join(",")}`]),
    ...Object.entries(config.environment ?? {}).map(([name, value]) => `--env=${name}=${value}`),
    ...(config.user === undefined ? [] : [`--user=${config.user}`]),
    ...(config.workdir === undefined ? [] : [`--workdir=${config.workdir}`]),
  ];
}

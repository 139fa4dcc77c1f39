import { copyFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { CommandError, run } from "../run";

/** Downloads the zip of a Go module, `gomod://module@version`, through the Go module proxy. */
export async function fetchGoModule(url: string, file: string): Promise<void> {
  const module = url.replace(/^gomod:\/\//, "");
  // The index's sha256 guards the zip; not every module is in Go's checksum database.
  const env = { GOSUMDB: "off", GOFLAGS: "-mod=mod", GOWORK: "off" };
  try {
    const answer = JSON.parse(await run("go", ["mod", "download", "-json", module], { env, cwd: tmpdir() })) as {
      Zip: string;
    };
    copyFileSync(answer.Zip, file);
  } catch (error) {
    if (error instanceof CommandError) throw new Error(/"Error": "(.*?)"/.exec(error.output)?.[1] ?? error.output);
    throw error;
  }
}

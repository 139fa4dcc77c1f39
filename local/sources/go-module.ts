import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";

import { CommandError, run } from "../run";
import { SourceError } from "./source-error";

/**
 * Copies the zip of a Go module to a file, by way of Go's own download cache and proxy settings. The index's sha256 is
 * what is believed, so that the checksum database, which does not know every module, is not asked.
 * @throws SourceError when Go is absent or the module cannot be had
 */
export async function fetchGoModule(module: string, version: string, file: string): Promise<void> {
  const env = { GO111MODULE: "on", GOFLAGS: "-mod=mod", GOWORK: "off", GOSUMDB: "off", GOTOOLCHAIN: "local" };
  try {
    const answer = await run("go", ["mod", "download", "-json", `${module}@${version}`], { cwd: tmpdir(), env });
    const { Zip } = JSON.parse(answer) as { Zip?: string };
    if (Zip === undefined) throw new SourceError("go mod download names no zip");
    await copyFile(Zip, file);
  } catch (error) {
    if (error instanceof CommandError) throw new SourceError(complaint(error.output), { cause: error });
    if (isAbsent(error)) throw new SourceError("no go on PATH", { cause: error });
    throw error;
  }
}

/** What Go says of a module that it cannot have, in one line. */
export function complaint(output: string): string {
  const text = /"Error": (".*")/.exec(output)?.[1];
  return text === undefined ? output : (JSON.parse(text) as string).replaceAll(/\s+/g, " ");
}

/** Whether a program was not found. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT" && "syscall" in error;
}

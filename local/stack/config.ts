import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

import { STATE } from "../directories";
import { committedConfig, parseStackFile, type StackFile } from "./stack-file";

/** The stacks that a local farm has. */
export type StackName = "local" | "release";

/** Values of stack configuration, by full key (`monofarm:images`). */
export type StackValues = Readonly<Record<string, unknown>>;

/** The configuration that a stack of this machine runs with: outside the checkout, which stays clean. */
export function configFile(stack: StackName): string {
  return join(STATE, "config", `Pulumi.${stack}.yaml`);
}

/**
 * Writes a stack's configuration: what the checkout's `stacks/Pulumi.<stack>.yaml` says, then what this machine adds.
 * The salt of the stack's secrets stays as it was.
 * @param machine whole keys; objects replace what the checkout says under the same key
 */
export function writeConfig(stack: StackName, machine: StackValues): void {
  const file = configFile(stack);
  mkdirSync(join(STATE, "config"), { recursive: true, mode: 0o700 });
  const { encryptionsalt } = existsSync(file) ? read(file) : {};
  const merged: StackFile = {
    ...(encryptionsalt !== undefined && { encryptionsalt }),
    config: { ...committedConfig(stack), ...machine },
  };
  writeFileSync(`${file}.new`, stringify(merged), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The configuration that a stack of this machine runs with; empty where it never ran. */
export function readConfig(stack: StackName): StackValues {
  const file = configFile(stack);
  return existsSync(file) ? (read(file).config ?? {}) : {};
}

function read(file: string): StackFile {
  return parseStackFile(file, readFileSync(file, "utf8"));
}

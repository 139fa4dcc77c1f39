import { parseArgs, type ParseArgsConfig } from "node:util";

import { UserError } from "../../components/user-error";

/**
 * Reads a command's arguments; an unknown option is one clear line.
 * @param command as the user types it, `./farm up`
 */
export function options<T extends NonNullable<ParseArgsConfig["options"]>>(command: string, args: string[], known: T) {
  try {
    return parseArgs({ args, options: known, allowPositionals: true, strict: true });
  } catch (error) {
    const found = error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error);
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UserError(command, found, `the options ${[...names, "--help"].join(", ")}`);
  }
}

/** Architectures from `--arch amd64,arm64`. */
export function architectures(command: string, text: string): ("amd64" | "arm64")[] {
  const words = [...new Set(text.split(","))];
  return words.map((word) => {
    if (word === "amd64" || word === "arm64") return word;
    throw new UserError(`${command} --arch`, text, "amd64, arm64 or amd64,arm64");
  });
}

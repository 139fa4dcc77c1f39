import { parseArgs, type ParseArgsConfig } from "node:util";

import { UserError } from "../../components/user-error";

/**
 * Reads a command's arguments; an unknown option, or a word where none belongs, is one clear line.
 * @param command as the user types it, `./farm up`
 * @param words whether it takes words beside its options
 */
export function options<T extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: string[],
  known: T,
  words: "words" | "no words" = "no words",
) {
  const names = [...Object.keys(known), "help"].map((name) => `--${name}`);
  const allowed = `the options ${names.join(", ")}`;
  try {
    const parsed = parseArgs({ args, options: known, allowPositionals: true, strict: true });
    const [word] = parsed.positionals;
    if (words === "no words" && word !== undefined) throw new UserError(command, word, allowed);
    return parsed;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      command,
      error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error),
      allowed,
    );
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

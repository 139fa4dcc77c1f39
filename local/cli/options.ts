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
    const parsed = parseArgs({ args: withNumbers(args), options: known, allowPositionals: true, strict: true });
    const [word] = parsed.positionals;
    if (words === "no words" && word !== undefined) throw new UserError(command, word, allowed);
    return parsed;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      command,
      error instanceof Error ? (error.message.split(/\.\s/)[0] ?? "") : String(error),
      allowed,
    );
  }
}

/** A number below zero is the value of the option before it, though it starts like one: `--hours -1`. */
function withNumbers(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const [before = "", after = ""] = [args[index - 1], args[index + 1]];
    const isValue = (option: string, value: string) => /^--[a-z-]+$/.test(option) && /^-[0-9]/.test(value);
    if (isValue(before, arg)) return [];
    return [isValue(arg, after) ? `${arg}=${after}` : arg];
  });
}

/** Architectures from `--arch amd64,arm64`. */
export function architectures(command: string, text: string): ("amd64" | "arm64")[] {
  const words = [...new Set(text.split(","))];
  return words.map((word) => {
    if (word === "amd64" || word === "arm64") return word;
    throw new UserError(`${command} --arch`, text, "amd64, arm64 or amd64,arm64");
  });
}

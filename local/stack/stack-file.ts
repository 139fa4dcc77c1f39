import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseDocument } from "yaml";

import { UserError } from "../../components/user-error";
import { CHECKOUT } from "../directories";

/** A stack's file, as far as it is read here. */
export interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Name of a stack's file in the checkout. */
export function committedFile(stack: string): string {
  return `stacks/Pulumi.${stack}.yaml`;
}

/** The configuration that the checkout has for a stack. @throws UserError as `parseStackFile` does */
export function committedConfig(stack: string): Readonly<Record<string, unknown>> {
  const file = committedFile(stack);
  return parseStackFile(file, readFileSync(join(CHECKOUT, file), "utf8")).config ?? {};
}

/**
 * Reads the text of a stack's file.
 * @throws UserError naming file, line and column for what is not YAML, or not keys and values
 */
export function parseStackFile(file: string, text: string): StackFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const [{ line, col } = { line: 1, col: 1 }] = error.linePos ?? [];
    const reason = error.message.split(/ at line |\n/)[0] ?? error.message;
    throw new UserError(`${file}:${line}:${col}`, reason, "YAML");
  }
  const value = document.toJS() as unknown;
  if (value === null) return {};
  const isRecord = (found: unknown) => typeof found === "object" && found !== null && !Array.isArray(found);
  if (!isRecord(value)) throw new UserError(file, JSON.stringify(value), "keys and values, config among them");
  const { config } = value as { config?: StackFile["config"] | null };
  if (config !== undefined && config !== null && !isRecord(config))
    throw new UserError(`${file}: config`, JSON.stringify(config), "keys and values");
  return { ...(value as StackFile), config: config ?? {} };
}

/** Values as Pulumi gives them to a program: texts, JSON where they are not plain words. */
export function asTexts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

import { isMap, isPair, parseDocument } from "yaml";
import type { z } from "zod";

import { at } from "../json";
import type { Mistakes } from "./mistakes";

/** JSON of a file; a mistake and undefined where it is none. */
export function parseJson(file: string, text: string, mistakes: Mistakes): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    mistakes.add(file, "", error instanceof Error ? error.message : "no JSON", "JSON");
    return undefined;
  }
}

/**
 * Keys of an object in a file, in the order that they are written in: JavaScript puts those that look like numbers
 * first.
 * @param path of the object, from the root of the file
 */
export function writtenKeys(text: string, object: object, ...path: string[]): string[] {
  const keys = Object.keys(object);
  if (!keys.some((key) => /^\d+$/.test(key))) return keys;
  const written = parseDocument(text, { uniqueKeys: false }).getIn(path);
  const items = isMap(written) ? written.items.filter(isPair) : [];
  return [...new Set(items.map(({ key }) => String(key)))];
}

/** Notes what zod found wrong, each with what stands there. */
export function reportShape(file: string, json: unknown, error: z.ZodError, mistakes: Mistakes): void {
  for (const issue of error.issues) {
    const found = at(json, issue.path);
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) mistakes.add(file, [...issue.path, key].join("."), key, "no such key");
    } else mistakes.add(file, issue.path.join("."), found, issue.message.replace(/^Invalid input: expected /, ""));
  }
}

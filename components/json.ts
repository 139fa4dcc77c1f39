import type { z } from "zod";

import { UserError } from "./user-error";

/**
 * What a JSON text holds, of a shape.
 * @param where file or object that the text is from
 * @param allowed what should stand there
 * @throws UserError that names it, and the first key that is of another shape
 */
export function readJson<T>(where: string, text: string, schema: z.ZodType<T>, allowed: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(where, "no JSON", allowed);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join(".") ?? "";
  throw new UserError(key === "" ? where : `${where}: ${key}`, issue?.message ?? "another shape", allowed);
}

/** The value at a path; undefined where there is none. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

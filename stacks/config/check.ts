import type { z } from "zod";

import { at } from "../../components/json";
import { Mistakes } from "../../components/matrix/mistakes";
import { issuesOf } from "./issues";

/** Slices of configuration by key, without the namespace `monofarm:`. */
export type Slices = Readonly<Record<string, z.ZodType>>;

/** Values by key, as their slices type them. */
export type Values<S extends Slices> = { readonly [Key in keyof S]: z.infer<S[Key]> };

/** Refuses slices that do not fit each other: by key without the namespace, what was found, what is allowed. */
export type CrossCheck<S extends Slices> = (
  values: Values<S>,
  refuse: (key: string, found: unknown, allowed: string) => void,
) => void;

const NAMESPACE = "monofarm:";

/**
 * Checks a stack's whole configuration.
 * @param raw every key with its namespace; texts are JSON where they are not plain words
 * @param file where a reader would change it, for errors
 * @param crossCheck asks whether slices that are right by themselves fit each other
 * @throws IndexError with every mistake at once: the key, what was found, what is allowed
 */
export function checkConfig<S extends Slices>(
  slices: S,
  raw: Readonly<Record<string, string>>,
  file: string,
  crossCheck: CrossCheck<S> = () => undefined,
): Values<S> {
  const mistakes = new Mistakes();
  const own = Object.keys(raw).filter((key) => key.startsWith(NAMESPACE));
  const allowed = Object.keys(slices).map((key) => NAMESPACE + key);
  for (const key of own) {
    if (!allowed.includes(key)) mistakes.add(file, key, decode(raw[key]), `the keys ${allowed.join(", ")}`);
  }
  const values: Record<string, unknown> = {};
  for (const [key, slice] of Object.entries(slices)) {
    const found = decode(raw[NAMESPACE + key]);
    const result = slice.safeParse(found);
    if (result.success) values[key] = result.data;
    else {
      for (const { path, allowed } of issuesOf(slice, found))
        mistakes.add(file, [NAMESPACE + key, ...path.map(String)].join("."), at(found, path), allowed);
    }
  }
  mistakes.throwIfAny();
  crossCheck(values as Values<S>, (key, found, allowed) => {
    mistakes.add(file, NAMESPACE + key, found, allowed);
  });
  mistakes.throwIfAny();
  return values as Values<S>;
}

function decode(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

import { Mistakes } from "../../components/matrix/mistakes";

/** Slices of configuration by key, without the namespace `monofarm:`. */
export type Slices = Readonly<Record<string, z.ZodType>>;

/** Values by key, as their slices type them. */
export type Values<S extends Slices> = { readonly [Key in keyof S]: z.infer<S[Key]> };

const NAMESPACE = "monofarm:";

/**
 * Checks a stack's whole configuration.
 * @param raw every key with its namespace; texts are JSON where they are not plain words
 * @param file where a reader would change it, for errors
 * @throws IndexError with every mistake at once: the key, what was found, what is allowed
 */
export function checkConfig<S extends Slices>(
  slices: S,
  raw: Readonly<Record<string, string>>,
  file: string,
): Values<S> {
  const mistakes = new Mistakes();
  const own = Object.keys(raw).filter((key) => key.startsWith(NAMESPACE));
  const allowed = Object.keys(slices).map((key) => NAMESPACE + key);
  for (const key of own) {
    if (!allowed.includes(key)) mistakes.add(file, key, raw[key], `the keys ${allowed.join(", ")}`);
  }
  const values: Record<string, unknown> = {};
  for (const [key, slice] of Object.entries(slices)) {
    const found = decode(raw[NAMESPACE + key]);
    const result = slice.safeParse(found);
    if (result.success) values[key] = result.data;
    else {
      for (const issue of result.error.issues) {
        const path = [NAMESPACE + key, ...issue.path.map(String)].join(".");
        mistakes.add(file, path, at(found, issue.path), allowedBy(issue));
      }
    }
  }
  mistakes.throwIfAny();
  return values as Values<S>;
}

/** Reads the configuration of the stack that runs. */
export function readConfig<S extends Slices>(slices: S): Values<S> {
  return checkConfig(slices, pulumi.runtime.allConfig(), `stacks/Pulumi.${pulumi.getStack()}.yaml`);
}

function decode(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function allowedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `no ${issue.keys.join(", ")} here`;
  if (issue.code === "invalid_value") return issue.values.map(String).join(", ");
  return issue.message;
}

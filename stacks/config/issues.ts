import { z } from "zod";

import { at } from "../../components/json";

/** What is wrong at one place of a value. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  /** What may stand there, in words. */
  readonly allowed: string;
}

/**
 * Everything that a schema refuses of a value. What is missing is told by what must be in it: a missing object is read
 * as one without keys, a missing list as one whose first element is missing.
 */
export function issuesOf(schema: z.ZodType, value: unknown): Issue[] {
  const result = schema.safeParse(value, { error: inWords });
  if (result.success) return [];
  const { issues } = result.error;
  const missing = issues.flatMap((issue) => {
    const isMissing = issue.code === "invalid_type" && (at(value, issue.path) ?? undefined) === undefined;
    const content = isMissing ? CONTENTS[issue.expected] : undefined;
    return content === undefined ? [] : [{ path: issue.path, allowed: issue.message, content }];
  });
  if (missing.length === 0) return issues.flatMap(placesOf);
  const inner = issuesOf(
    schema,
    missing.reduce((whole, { path, content }) => replaced(whole, path, content), value),
  );
  const isTold = (path: readonly PropertyKey[]) =>
    inner.some((one) => path.every((key, index) => one.path[index] === key));
  return [...missing.filter(({ path }) => !isTold(path)), ...inner];
}

/** What stands for something missing, by its kind. */
const CONTENTS: Readonly<Partial<Record<string, unknown>>> = { object: {}, array: [undefined] };

function replaced(value: unknown, path: readonly PropertyKey[], content: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return content;
  const inner = replaced(at(value, [key]), rest, content);
  return Array.isArray(value)
    ? value.map((each: unknown, index) => (index === key ? inner : each))
    : { ...(value as object), [key]: inner };
}

/** Keys that nobody knows are each a place of their own. */
function placesOf(issue: z.core.$ZodIssue): Issue[] {
  const { path, message: allowed } = issue;
  if (issue.code !== "unrecognized_keys") return [{ path, allowed }];
  return issue.keys.map((key) => ({ path: [...path, key], allowed }));
}

/** What schemas allow that say nothing themselves. */
const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.map(String).join(", ");
    case "invalid_type":
      return keysOf(issue.inst) ?? KINDS[issue.expected] ?? issue.expected;
    case "unrecognized_keys":
      return keysOf(issue.inst);
    case "too_small":
      return issue.origin === "number" ? `a number ${issue.inclusive ? "from" : "above"} ${issue.minimum}` : undefined;
    case "too_big":
      return issue.origin === "number" ? `a number ${issue.inclusive ? "up to" : "below"} ${issue.maximum}` : undefined;
    default:
      return undefined;
  }
};

function keysOf(schema: unknown): string | undefined {
  return schema instanceof z.ZodObject ? `the keys ${Object.keys(schema.shape).join(", ")}` : undefined;
}

/** Kinds of values in words. */
const KINDS: Readonly<Partial<Record<string, string>>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "keys and values",
  record: "keys and values",
  string: "a text",
};

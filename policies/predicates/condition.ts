/** A value that Pulumi does not know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown until deployed");

/**
 * What must hold of an object, as data: `evaluate` decides it here, `toCel` writes it for the cluster's admission.
 * A path is relative to the object: `spec.hostUsers`, `metadata.labels[app.kubernetes.io/name]`; empty for itself.
 */
export type Condition =
  | { readonly op: "oneOf"; readonly path: string; readonly values: readonly Scalar[] }
  | { readonly op: "matches" | "linesMatch"; readonly path: string; readonly pattern: string }
  | { readonly op: "present" | "absent"; readonly path: string }
  | { readonly op: "atLeast" | "atMost"; readonly path: string; readonly bound: number }
  | { readonly op: "every" | "some"; readonly path: string; readonly of: Condition }
  | { readonly op: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly op: "not"; readonly of: Condition };

/** What a value can be compared with. */
export type Scalar = string | number | boolean;

/** The value is there and one of these. */
export const oneOf = (path: string, values: readonly Scalar[]): Condition => ({ op: "oneOf", path, values });
/** The value is there and this. */
export const is = (path: string, value: Scalar): Condition => oneOf(path, [value]);
/** The value is a text with a match; the pattern must mean the same in JavaScript and RE2. */
export const matches = (path: string, pattern: string): Condition => ({ op: "matches", path, pattern });
/** The pattern of a text, as it is. */
export const literally = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
/** The value is a list of texts that match as one, a line each: a whole command, word by word. */
export const linesMatch = (path: string, pattern: string): Condition => ({ op: "linesMatch", path, pattern });
/** The value is there; null is not. */
export const present = (path: string): Condition => ({ op: "present", path });
/** The value is not there, or null. */
export const absent = (path: string): Condition => ({ op: "absent", path });
/** The value is a number of at least this. */
export const atLeast = (path: string, bound: number): Condition => ({ op: "atLeast", path, bound });
/** The value is a number of at most this. */
export const atMost = (path: string, bound: number): Condition => ({ op: "atMost", path, bound });
/** Each item of the list; a list that is not there has none. */
export const every = (path: string, of: Condition): Condition => ({ op: "every", path, of });
/** The list is there and has such an item. */
export const some = (path: string, of: Condition): Condition => ({ op: "some", path, of });
/** The list has no item, or is not there. */
export const none = (path: string): Condition => every(path, any());
/** The list is there and holds this. */
export const includes = (path: string, value: Scalar): Condition => some(path, is("", value));
export const all = (...of: readonly Condition[]): Condition => ({ op: "all", of });
export const any = (...of: readonly Condition[]): Condition => ({ op: "any", of });
export const not = (of: Condition): Condition => ({ op: "not", of });
/** The value is not there, or this. */
export const unlessSet = (path: string, value: Scalar): Condition => any(absent(path), is(path, value));

const SEGMENTS = new Map<string, readonly string[]>();

/** The keys of a path, from the outside in. There are as many paths as rules write. */
export function segments(path: string): readonly string[] {
  const known = SEGMENTS.get(path);
  if (known !== undefined) return known;
  const found = [...path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([whole, key]) => key ?? whole);
  SEGMENTS.set(path, found);
  return found;
}

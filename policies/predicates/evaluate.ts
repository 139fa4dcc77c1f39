import { type Condition, segments, UNKNOWN } from "./condition";

/**
 * Whether a condition holds: `unknown` where a value that decides it is not known yet, `malformed` where one has a shape
 * that no such object can have. Neither ever counts as holding, whatever stands around it.
 */
export type Answer = "yes" | "no" | "unknown" | "malformed";

/** A condition's answer, and the place that decided it. */
export interface Decision {
  readonly answer: Answer;
  readonly path: string;
  readonly found: unknown;
}

interface Reading {
  readonly path: string;
  readonly kind: "value" | "absent" | "unknown" | "malformed";
  /** Only of the kind `value`. */
  readonly value?: unknown;
}

/** What decides several conditions together where one of them says so, before all that follow it. */
const NOT_ALL: readonly Answer[] = ["no", "malformed", "unknown"];

/** The answer to several conditions that must all hold. */
export function allOf(answers: readonly Answer[]): Answer {
  return NOT_ALL.find((one) => answers.includes(one)) ?? "yes";
}

/** Whether one of several things holds, as a value to decide about: not known where none does and one may. */
export function anyHolds(answers: readonly Answer[]): boolean | typeof UNKNOWN {
  if (answers.includes("yes")) return true;
  return answers.includes("unknown") ? UNKNOWN : false;
}

/** @param at path of the value itself, for the place that is told */
export function evaluate(condition: Condition, value: unknown, at = ""): Decision {
  switch (condition.op) {
    case "all":
      return first(
        condition.of.map((part) => evaluate(part, value, at)),
        NOT_ALL,
        "yes",
        at,
      );
    case "any":
      return first(
        condition.of.map((part) => evaluate(part, value, at)),
        ["yes", "unknown", "malformed"],
        "no",
        at,
      );
    case "not": {
      const inner = evaluate(condition.of, value, at);
      const answer = inner.answer === "yes" ? "no" : inner.answer === "no" ? "yes" : inner.answer;
      return { ...inner, answer };
    }
    case "every":
    case "some":
      return overItems(condition, read(value, condition.path, at));
    default:
      return decideLeaf(condition, read(value, condition.path, at));
  }
}

/** The value behind a path. */
export function read(value: unknown, path: string, at = ""): Reading {
  let current = value;
  let here = at;
  for (const key of segments(path)) {
    if (current === UNKNOWN) return { kind: "unknown", path: here };
    if (current === undefined || current === null) return { kind: "absent", path: join(at, path) };
    if (typeof current !== "object" || Array.isArray(current)) return { kind: "malformed", path: here };
    current = (current as Record<string, unknown>)[key];
    here = join(here, /^[\w$]+$/.test(key) ? key : `[${key}]`);
  }
  if (current === UNKNOWN) return { kind: "unknown", path: here };
  if (current === undefined || current === null) return { kind: "absent", path: here };
  return { kind: "value", path: here, value: current };
}

function decideLeaf(
  condition: Exclude<Condition, { op: "all" | "any" | "not" | "every" | "some" }>,
  reading: Reading,
): Decision {
  const { path } = reading;
  if (reading.kind === "unknown") return { answer: "unknown", path, found: UNKNOWN };
  if (reading.kind === "malformed") return { answer: "malformed", path, found: "a wrong shape" };
  if (reading.kind === "absent") return { answer: condition.op === "absent" ? "yes" : "no", path, found: undefined };
  const found = reading.value;
  const decide = (fits: boolean, holds: () => boolean): Decision => ({
    answer: !fits ? "malformed" : holds() ? "yes" : "no",
    path,
    found,
  });
  switch (condition.op) {
    case "present":
      return { answer: "yes", path, found };
    case "absent":
      return { answer: "no", path, found };
    case "matches":
      return decide(typeof found === "string", () => pattern(condition.pattern).test(found as string));
    case "linesMatch":
      return decideLines(condition.pattern, found, path);
    case "oneOf": {
      const types: string[] = condition.values.map((value) => typeof value);
      return decide(types.includes(typeof found), () => condition.values.some((value) => value === found));
    }
    case "atLeast":
      return decide(typeof found === "number", () => (found as number) >= condition.bound);
    case "atMost":
      return decide(typeof found === "number", () => (found as number) <= condition.bound);
  }
}

const PATTERNS = new Map<string, RegExp>();

/** There are as many patterns as rules write. */
function pattern(source: string): RegExp {
  const known = PATTERNS.get(source) ?? new RegExp(source);
  PATTERNS.set(source, known);
  return known;
}

function decideLines(lines: string, found: unknown, path: string): Decision {
  if (!Array.isArray(found)) return { answer: "malformed", path, found };
  const words = found as readonly unknown[];
  const open = words.indexOf(UNKNOWN);
  if (open !== -1) return { answer: "unknown", path: `${path}[${open}]`, found: UNKNOWN };
  if (words.some((word) => typeof word !== "string")) return { answer: "malformed", path, found };
  return { answer: pattern(lines).test(words.join("\n")) ? "yes" : "no", path, found };
}

function overItems(condition: Extract<Condition, { op: "every" | "some" }>, reading: Reading): Decision {
  const { op, of } = condition;
  const { path } = reading;
  if (reading.kind === "unknown") return { answer: "unknown", path, found: UNKNOWN };
  if (reading.kind === "absent") return { answer: op === "every" ? "yes" : "no", path, found: undefined };
  if (reading.kind === "malformed" || !Array.isArray(reading.value))
    return { answer: "malformed", path, found: "a wrong shape" };
  const items = reading.value.map((item: unknown, index: number) => evaluate(of, item, `${path}[${index}]`));
  return op === "every"
    ? first(items, NOT_ALL, "yes", path)
    : first(items, ["yes", "unknown", "malformed"], "no", path);
}

/** The first decision of the first answer that any has; else `otherwise`, told by the last. */
function first(decisions: readonly Decision[], order: readonly Answer[], otherwise: Answer, at: string): Decision {
  for (const answer of order) {
    const found = decisions.find((decision) => decision.answer === answer);
    if (found !== undefined) return found;
  }
  const last = decisions.at(-1) ?? { path: at, found: undefined };
  return { answer: otherwise, path: last.path, found: last.found };
}

function join(at: string, path: string): string {
  return at === "" || path === "" || path.startsWith("[") ? `${at}${path}` : `${at}.${path}`;
}

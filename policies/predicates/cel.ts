import { type Condition, segments } from "./condition";

/**
 * A condition as an expression in CEL that never fails: each step of a path is asked for before it is taken.
 * @param variable what the condition's paths are relative to, such as `object`
 */
export function toCel(condition: Condition, variable: string, depth = 0): string {
  const nested = (part: Condition) => toCel(part, variable, depth);
  switch (condition.op) {
    case "all":
      return condition.of.length === 0 ? "true" : `(${condition.of.map(nested).join(" && ")})`;
    case "any":
      return condition.of.length === 0 ? "false" : `(${condition.of.map(nested).join(" || ")})`;
    case "not":
      return `!${nested(condition.of)}`;
    case "present":
      return `(${there(variable, condition.path)})`;
    case "absent":
      return `!(${there(variable, condition.path)})`;
    case "every":
    case "some": {
      const item = `item${depth}`;
      const inner = toCel(condition.of, item, depth + 1);
      const over = place(variable, condition.path);
      return condition.op === "every"
        ? `(!(${there(variable, condition.path)}) || ${over}.all(${item}, ${inner}))`
        : `(${there(variable, condition.path)} && ${over}.exists(${item}, ${inner}))`;
    }
    case "oneOf":
      return guarded(variable, condition.path, (at) => `${at} in [${condition.values.map(literal).join(", ")}]`);
    case "matches":
      return guarded(variable, condition.path, (at) => `${at}.matches(${literal(condition.pattern)})`);
    case "linesMatch":
      return guarded(variable, condition.path, (at) => `${at}.join("\\n").matches(${literal(condition.pattern)})`);
    case "atLeast":
      return guarded(variable, condition.path, (at) => `${at} >= ${condition.bound}`);
    case "atMost":
      return guarded(variable, condition.path, (at) => `${at} <= ${condition.bound}`);
  }
}

function guarded(variable: string, path: string, test: (at: string) => string): string {
  const at = place(variable, path);
  return path === "" ? `(${test(at)})` : `(${there(variable, path)} && ${test(at)})`;
}

const isField = (key: string) => /^[A-Za-z_]\w*$/.test(key);
const step = (at: string, key: string) => (isField(key) ? `${at}.${key}` : `${at}[${literal(key)}]`);

function place(variable: string, path: string): string {
  return segments(path).reduce(step, variable);
}

/** Whether each step of a path is there, from the outside in. */
function there(variable: string, path: string): string {
  let at = variable;
  const steps = segments(path).map((key) => {
    const asked = isField(key) ? `has(${at}.${key})` : `${literal(key)} in ${at}`;
    at = step(at, key);
    return asked;
  });
  return steps.length === 0 ? "true" : steps.join(" && ");
}

function literal(value: string | number | boolean): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

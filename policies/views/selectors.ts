import { absent, any, type Condition, not, oneOf, present, UNKNOWN } from "../predicates/condition";
import { allOf, type Answer, evaluate, read } from "../predicates/evaluate";
import { isObject } from "../predicates/object";
import type { Resource } from "../rule";
import { isSameNamespace, namespaceOf } from "./cluster";
import type { podsOf } from "./pods";

/** Whether an object's label selector selects a pod of the same namespace. @param path of the selector in the object */
export function selects(object: Resource, path: string, pod: ReturnType<typeof podsOf>[number]): Answer {
  const isHere = isSameNamespace(namespaceOf(object), namespaceOf(pod.resource));
  if (isHere === "no") return "no";
  const wanted = read(object.props, `${path}.matchLabels`);
  const listed = read(object.props, `${path}.matchExpressions`);
  const kinds = [wanted.kind, listed.kind];
  if (kinds.includes("unknown")) return "unknown";
  const labels: unknown = wanted.kind === "value" ? wanted.value : {};
  const expressions: unknown = listed.kind === "value" ? listed.value : [];
  if (kinds.includes("malformed") || !isObject(labels) || !Array.isArray(expressions)) return "malformed";
  const asked: readonly unknown[] = [
    ...Object.entries(labels).map(([key, value]) => ({ key, operator: "In", values: [value] })),
    ...(expressions as readonly unknown[]),
  ];
  return allOf([isHere, ...asked.map((expression) => meets(pod.value, expression))]);
}

/** What one of `matchExpressions` of a label selector says of a pod. */
function meets(pod: unknown, expression: unknown): Answer {
  const [key, operator, values] = ["key", "operator", "values"].map((field) => read(expression, field));
  if ([key, operator, values].some((field) => field?.kind === "unknown")) return "unknown";
  const wanted: unknown = values?.value ?? [];
  if (typeof key?.value !== "string" || !Array.isArray(wanted)) return "malformed";
  const known = (wanted as readonly unknown[]).filter((value) => value !== UNKNOWN);
  if (!known.every((value) => typeof value === "string")) return "malformed";
  const label = `metadata.labels[${key.value}]`;
  const [narrow, wide] = expressed(label, operator?.value, known).map((of) => evaluate(of, pod).answer);
  return (known.length < wanted.length && narrow !== wide ? "unknown" : narrow) ?? "malformed";
}

/**
 * What an operator asks of a label: as far as values are known, and if those that are not known yet were what the pod has.
 * An operator that Kubernetes does not have selects nothing.
 */
function expressed(label: string, operator: unknown, values: readonly string[]): readonly [Condition, Condition] {
  switch (operator) {
    case "In":
      return [oneOf(label, values), present(label)];
    case "NotIn":
      return [not(oneOf(label, values)), absent(label)];
    case "Exists":
      return [present(label), present(label)];
    case "DoesNotExist":
      return [absent(label), absent(label)];
    default:
      return [any(), any()];
  }
}

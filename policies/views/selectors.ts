import { absent, all, any, type Condition, is, not, oneOf, present, UNKNOWN } from "../predicates/condition";
import { type Answer, evaluate, read } from "../predicates/evaluate";
import type { Resource } from "../rule";
import { namespaceOf } from "./cluster";
import type { podsOf } from "./pods";

/**
 * Whether an object's label selector selects a pod of the same namespace. What Pulumi makes in a namespace that has no name
 * yet is made in one: there the labels decide.
 * @param path of the selector in the object
 */
export function selects(object: Resource, path: string, pod: ReturnType<typeof podsOf>[number]): Answer {
  const [here, there] = [namespaceOf(object), namespaceOf(pod.resource)];
  const isElsewhere = here !== there;
  if (isElsewhere && here !== UNKNOWN && there !== UNKNOWN) return "no";
  const wanted = read(object.props, `${path}.matchLabels`);
  const listed = read(object.props, `${path}.matchExpressions`);
  const kinds = [wanted.kind, listed.kind];
  if (kinds.includes("unknown")) return "unknown";
  const labels: unknown = wanted.kind === "value" ? wanted.value : {};
  const expressions: unknown = listed.kind === "value" ? listed.value : [];
  if (kinds.includes("malformed") || !isObject(labels) || !Array.isArray(expressions)) return "malformed";
  const chosen = all(
    ...Object.entries(labels).map(([label, value]) => is(`metadata.labels[${label}]`, value)),
    ...(expressions as readonly Expression[]).map(expressed),
  );
  const { answer } = evaluate(chosen, pod.value);
  return answer === "yes" && isElsewhere ? "unknown" : answer;
}

function isObject(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One of `matchExpressions` of a label selector. */
interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** What it asks of a pod. An operator that Kubernetes does not have selects nothing. */
function expressed({ key, operator, values = [] }: Expression): Condition {
  const label = `metadata.labels[${key}]`;
  switch (operator) {
    case "In":
      return oneOf(label, values);
    case "NotIn":
      return not(oneOf(label, values));
    case "Exists":
      return present(label);
    case "DoesNotExist":
      return absent(label);
    default:
      return any();
  }
}

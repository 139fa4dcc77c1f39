import type { AdmissionPolicy } from "../admission";
import {
  absent,
  all,
  any,
  type Condition,
  every,
  includes,
  is,
  literally,
  matches,
  none,
  oneOf,
  some,
} from "../predicates/condition";

/** The name of a rule's policy in the cluster, and of its binding. */
const nameOf = (rule: string) => `monofarm-${rule}`;

/** Objects are asked about whatever their labels. An API server fills selectors in that are empty. */
const withoutSelector = (path: string): Condition =>
  all(absent(`${path}.matchLabels`), absent(`${path}.matchExpressions`));

/** A binding refuses what breaks the policy of a rule in a namespace: all of it that is there. */
export function binds(rule: string, namespace: string): Condition {
  const at = "spec.matchResources";
  const isHere = all(is("key", "kubernetes.io/metadata.name"), is("operator", "In"), includes("values", namespace));
  return all(
    is("spec.policyName", nameOf(rule)),
    includes("spec.validationActions", "Deny"),
    some(`${at}.namespaceSelector.matchExpressions`, isHere),
    every(`${at}.namespaceSelector.matchExpressions`, isHere),
    absent(`${at}.namespaceSelector.matchLabels`),
    withoutSelector(`${at}.objectSelector`),
    none(`${at}.resourceRules`),
    none(`${at}.excludeResourceRules`),
  );
}

/** A policy is that of a rule: it asks about the same objects, and the same of them, but for numbers and exemptions. */
export function isPolicyOf({ name, spec }: AdmissionPolicy): Condition {
  const at = "spec.matchConstraints";
  const conditions = spec.matchConditions.map(({ expression }) => is("expression", expression));
  return all(
    is("metadata.name", nameOf(name)),
    is("spec.failurePolicy", "Fail"),
    ...spec.matchConstraints.resourceRules.map((asked) => some(`${at}.resourceRules`, asksAbout(asked))),
    none(`${at}.excludeResourceRules`),
    withoutSelector(`${at}.namespaceSelector`),
    withoutSelector(`${at}.objectSelector`),
    every("spec.matchConditions", any(...conditions, matches("expression", EXEMPTS))),
    every(
      "spec.variables",
      any(...spec.variables.map((one) => all(is("name", one.name), is("expression", one.expression)))),
    ),
    ...spec.validations.map(({ expression }) => some("spec.validations", matches("expression", tuned(expression)))),
  );
}

type Asked = AdmissionPolicy["spec"]["matchConstraints"]["resourceRules"][number];

function asksAbout(asked: Asked): Condition {
  return all(
    ...Object.entries(asked).flatMap(([field, values]) => values.map((value) => includes(field, value))),
    any(absent("scope"), oneOf("scope", ["*", "Namespaced"])),
    none("resourceNames"),
  );
}

const EXEMPTS = '^!object\\.metadata\\.name\\.matches\\("[^"]*"\\)$';

/** An expression with any numbers for its own, which a stack may tune. */
function tuned(expression: string): string {
  return `^${literally(expression).replaceAll(/\d+/g, "[0-9]+")}$`;
}

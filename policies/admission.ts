import { any, not } from "./predicates/condition";
import { toCel } from "./predicates/cel";
import { type Check, defaults, message, required, type Rule, type Values } from "./rule";
import type { Admission } from "./views/view";

/** What the cluster itself refuses by a rule, whoever made the object. */
export interface Validation {
  readonly resources: Admission["resources"];
  /** CEL over `object` and, for pods, `variables.pod`. */
  readonly expression: string;
  readonly message: string;
}

/** The part of a rule that the cluster's admission can decide: none for texts inside objects and for several together. */
export function validations(rule: Rule, settings: Values = defaults(rule)): Validation[] {
  return (rule.objects ?? []).flatMap((check) => {
    const { admission } = check.on;
    if (admission === undefined) return [];
    const expression = toCel(implication(check, settings), admission.variable);
    return [{ resources: admission.resources, expression, message: message(rule) }];
  });
}

function implication(check: Check, settings: Values) {
  const must = required(check, settings);
  return check.when === undefined ? must : any(not(check.when), must);
}

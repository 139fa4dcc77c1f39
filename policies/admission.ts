import { exemptionPattern } from "./exemptions";
import { any, type Condition, not, segments } from "./predicates/condition";
import { toCel } from "./predicates/cel";
import { type Check, defaults, message, required, type Rule, type Values } from "./rule";
import { type Tuned, tune, type Tuning } from "./tuning";
import { POD_VARIABLE } from "./views/pods";
import type { Admission } from "./views/view";

/** What the cluster itself refuses by a rule, whoever made the object. */
export interface Validation {
  readonly on: Admission;
  /** CEL over `object` and, for pods, `variables.pod`. */
  readonly expression: string;
  readonly message: string;
}

/** The part of a rule that the cluster's admission can decide: none for texts inside objects and for several together. */
export function validations(rule: Rule, settings: Values = defaults(rule)): Validation[] {
  return clusterChecks(rule).map(({ check, on }) => ({
    on,
    expression: toCel(implication(check, settings), on.variable),
    message: message(rule),
  }));
}

function clusterChecks({ objects = [] }: Rule): { check: Check; on: Admission }[] {
  return objects.flatMap((check) => (check.on.admission === undefined ? [] : [{ check, on: check.on.admission }]));
}

function implication(check: Check, settings: Values): Condition {
  const must = required(check, settings);
  return check.when === undefined ? must : any(not(check.when), must);
}

/** A rule as a ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1), and what is done by it. */
export interface AdmissionPolicy {
  /** Name of the rule's policy. */
  readonly name: string;
  /** Refuses where the rule is mandatory, else warns whoever asks. */
  readonly action: "Deny" | "Warn";
  readonly spec: {
    readonly failurePolicy: "Fail";
    readonly matchConstraints: {
      readonly resourceRules: {
        readonly apiGroups: string[];
        readonly apiVersions: string[];
        readonly operations: string[];
        readonly resources: string[];
      }[];
    };
    readonly matchConditions: { readonly name: string; readonly expression: string }[];
    readonly variables: { readonly name: string; readonly expression: string }[];
    readonly validations: { readonly expression: string; readonly message: string; readonly reason: "Forbidden" }[];
  };
}

/** The rules that the cluster can decide, as a stack holds them: one policy a rule, none for those that are disabled. */
export function admissionPolicies(rules: readonly Rule[], tuning: Tuning): AdmissionPolicy[] {
  return rules
    .filter((rule) => clusterChecks(rule).length > 0)
    .map((rule) => tune(rule, tuning))
    .flatMap((tuned) => (tuned.level === "disabled" ? [] : [admissionPolicy(tuned, tuned.level)]));
}

function admissionPolicy({ rule, values, exempt }: Tuned, level: Rule["level"]): AdmissionPolicy {
  const decided = validations(rule, values);
  const views = [...new Set(decided.map(({ on }) => on))];
  const ofPods = views.some(({ variable }) => variable !== "object");
  return {
    name: rule.name,
    action: level === "mandatory" ? "Deny" : "Warn",
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: views.flatMap(({ resources }) =>
          resources.map(({ group, version, resources: plurals }) => ({
            apiGroups: [group],
            apiVersions: [version],
            operations: ["CREATE", "UPDATE"],
            resources: [...plurals],
          })),
        ),
      },
      matchConditions: [
        { name: "changed", expression: changed(rule, values) },
        ...exempt.map(({ resource }, index) => ({
          name: `exempt-${index}`,
          expression: `!object.metadata.name.matches(${JSON.stringify(exemptionPattern(resource, ofPods))})`,
        })),
      ],
      variables: ofPods ? [{ name: "pod", expression: POD_VARIABLE }] : [],
      validations: decided.map(({ on, expression, message: text }) => ({
        // A policy sees the objects of all of its views; each validation is about one of them.
        expression: views.length === 1 ? expression : `!(object.kind in ${JSON.stringify(on.kinds)}) || ${expression}`,
        message: text,
        reason: "Forbidden",
      })),
    },
  };
}

/**
 * Whether a request touches what the rule looks at. Others pass, such as the end of a finalizer: what was there before the
 * rule must be able to go.
 */
function changed(rule: Rule, settings: Values): string {
  const fields = clusterChecks(rule).flatMap(({ check, on }) => [
    ...(on.variable === "object" ? [] : ["spec"]),
    ...paths(implication(check, settings)).map(field),
  ]);
  const differs = [...new Set(fields)].sort().map((path) => {
    const optional = path.replaceAll(".", ".?");
    return `object.?${optional} != oldObject.?${optional}`;
  });
  return ['request.operation != "UPDATE"', ...differs].join(" || ");
}

/** The part of an object that a path lies in, as far as it changes as a whole: `spec`, `metadata.labels`. */
function field(path: string): string {
  const keys = segments(path);
  return keys.slice(0, keys[0] === "metadata" ? 2 : 1).join(".");
}

/** The paths in an object that a condition reads; those in items of a list are the list's. */
function paths(condition: Condition): string[] {
  switch (condition.op) {
    case "all":
    case "any":
      return condition.of.flatMap(paths);
    case "not":
      return paths(condition.of);
    default:
      return [condition.path];
  }
}

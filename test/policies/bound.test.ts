import { describe, expect, test } from "vitest";

import { admissionPolicies } from "../../policies/admission";
import { UNKNOWN } from "../../policies/predicates/condition";
import { evaluate } from "../../policies/predicates/evaluate";
import { binds, isPolicyOf } from "../../policies/stack-rules/admission";
import { RULES } from "./judge";

const policy = (tuning: Parameters<typeof admissionPolicies>[1]) => {
  const [found] = admissionPolicies(
    RULES.filter(({ name }) => name === "job-bounded"),
    tuning,
  );
  if (found === undefined) throw new Error("no policy of job-bounded");
  return found;
};
const RULE = policy({});

/** As an API server gives it back: with what it fills in. */
function served({ name, spec }: typeof RULE) {
  const everything = { matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {} };
  const resourceRules = spec.matchConstraints.resourceRules.map((one) => ({ ...one, scope: "*" }));
  return {
    metadata: { name: `monofarm-${name}` },
    spec: { ...spec, matchConstraints: { ...everything, resourceRules } },
  };
}

describe("a policy in the cluster is that of its rule", () => {
  const exempt = [{ resource: "day-*", reason: "A day of every major at once." }];
  const { spec } = served(RULE);
  test.each<[string, object, boolean]>([
    ["as it is served", {}, true],
    [
      "with a stack's thresholds and exemptions",
      served(policy({ "job-bounded": { settings: { completions: 5 }, exempt } })).spec,
      true,
    ],
    [
      "for one kind of requests",
      { matchConstraints: { resourceRules: [{ ...spec.matchConstraints.resourceRules[0], operations: ["UPDATE"] }] } },
      false,
    ],
    [
      "for named objects",
      { matchConstraints: { resourceRules: [{ ...spec.matchConstraints.resourceRules[0], resourceNames: ["one"] }] } },
      false,
    ],
    [
      "for labelled objects",
      { matchConstraints: { ...spec.matchConstraints, objectSelector: { matchLabels: { a: "b" } } } },
      false,
    ],
    ["under a further condition", { matchConditions: [{ name: "never", expression: "false" }] }, false],
    ["that asks nothing", { validations: [{ expression: "true" }] }, false],
    ["that may fail", { failurePolicy: "Ignore" }, false],
  ])("%s: %s", (_how, change, isRight) => {
    const found = served(RULE);
    expect(evaluate(isPolicyOf(RULE), { ...found, spec: { ...found.spec, ...change } }).answer).toBe(
      isRight ? "yes" : "no",
    );
  });
});

test("a binding binds a namespace whole, as it is served too", () => {
  const expression = { key: "kubernetes.io/metadata.name", operator: "In", values: ["monofarm", "monofarm-release"] };
  const bound = (matchResources: object) => {
    const spec = { policyName: "monofarm-job-bounded", validationActions: ["Deny"], matchResources };
    return evaluate(binds("job-bounded", "monofarm"), { spec }).answer;
  };
  const namespaceSelector = { matchExpressions: [expression] };
  expect(bound({ namespaceSelector })).toBe("yes");
  expect(bound({ namespaceSelector, objectSelector: {}, matchPolicy: "Equivalent" })).toBe("yes");
  expect(bound({ namespaceSelector: UNKNOWN })).toBe("unknown");
  expect(bound({ namespaceSelector, resourceRules: [{ resources: ["pods"] }] })).toBe("no");
  expect(bound({ namespaceSelector: { ...namespaceSelector, matchLabels: { a: "b" } } })).toBe("no");
  expect(bound({})).toBe("no");
});

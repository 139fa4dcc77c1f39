import { expect, test } from "vitest";

import type { Declared } from "./golden";
import { UNKNOWN } from "../../policies/predicates/condition";
import { judge } from "./judge";

const pod = (part: string): Declared => ({
  type: "kubernetes:core/v1:Pod",
  props: { metadata: { name: part, namespace: "monofarm", labels: { "app.kubernetes.io/name": part } } },
});

const policy = (spec: object): Declared => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  props: { metadata: { name: "closed", namespace: "monofarm" }, spec },
});
const CLOSED = policy({ podSelector: {}, policyTypes: ["Egress"] });

/** What H03 finds in a pod and policies. */
function kinds(part: string, ...policies: Declared[]): string[] {
  const named = Object.fromEntries(policies.map((one, index) => [`policy-${index}`, one]));
  const found = judge({ pod: pod(part), ...named }).filter(({ rule }) => rule === "H03");
  return found.map(({ finding }) => finding.kind);
}

/** Whether H03 holds of a pod and one policy. */
function holds(part: string, podSelector: object, egress: object[]): boolean {
  return kinds(part, policy({ podSelector, policyTypes: ["Egress"], egress })).length === 0;
}

const to = (...peers: object[]) => [{ to: peers, ports: [{ port: 443 }] }];
const network = (cidr: string) => to({ ipBlock: { cidr } });

test.each<[string, string, object[], boolean]>([
  ["worker", "named pods", to({ podSelector: { matchLabels: { a: "b" } } }), true],
  ["worker", "the store's network", network("10.40.0.0/16"), false],
  ["release", "the store's network", network("10.40.0.0/16"), true],
  ["release", "one address", network("169.254.170.23/32"), true],
  ["release", "everywhere", network("0.0.0.0/0"), false],
  ["release", "half of everywhere", network("128.0.0.0/1"), false],
  ["release", "everywhere, in IPv6", network("::/0"), false],
  ["release", "whoever is at the other end of a port", [{ ports: [{ port: 443 }] }], false],
  ["release", "names, wherever", [{ ports: [{ port: 53 }] }], true],
  ["worker", "whom no peer names", [{ to: [] }], false],
  ["worker", "ports that none names", [{ ports: [] }], false],
  ["worker", "the port of names and all behind it", [{ ports: [{ port: 53, endPort: 65535 }] }], false],
])("%s: egress to %s", (part, _where, egress, isFine) => {
  expect(holds(part, {}, egress)).toBe(isFine);
});

const NAME = "app.kubernetes.io/name";
test.each<[string, object, boolean]>([
  ["by label", { matchLabels: { [NAME]: "worker" } }, true],
  ["by another label", { matchLabels: { [NAME]: "storage" } }, false],
  ["In", { matchExpressions: [{ key: NAME, operator: "In", values: ["worker", "release"] }] }, true],
  ["NotIn", { matchExpressions: [{ key: NAME, operator: "NotIn", values: ["worker"] }] }, false],
  ["NotIn, of a label that it has not", { matchExpressions: [{ key: "x", operator: "NotIn", values: ["y"] }] }, true],
  ["Exists", { matchExpressions: [{ key: NAME, operator: "Exists" }] }, true],
  ["DoesNotExist", { matchExpressions: [{ key: NAME, operator: "DoesNotExist" }] }, false],
  ["an operator that there is not", { matchExpressions: [{ key: NAME, operator: "Like", values: ["w*"] }] }, false],
])("a policy that selects workers %s closes them: %s", (_how, podSelector, isClosed) => {
  expect(holds("worker", podSelector, [])).toBe(isClosed);
});

const WIDE = [{}];
test.each<[string, object, string[]]>([
  ["that opens all", { podSelector: {}, policyTypes: ["Egress"], egress: WIDE }, ["violated"]],
  ["that opens all, and names no types", { podSelector: {}, egress: WIDE }, ["violated"]],
  ["that opens all, and names types that are none", { podSelector: {}, policyTypes: [], egress: WIDE }, ["violated"]],
  ["for what comes in, which names no types", { podSelector: {}, ingress: WIDE }, []],
  ["that opens all to others", { podSelector: { matchLabels: { [NAME]: "portal" } }, egress: WIDE }, []],
  ["that opens all to who is not known yet", { podSelector: UNKNOWN, egress: WIDE }, ["undecided"]],
  ["that opens nothing to who is not known yet", { podSelector: UNKNOWN, policyTypes: ["Egress"] }, []],
])("a worker that one policy closes, and a second %s", (_what, spec, expected) => {
  expect(kinds("worker", CLOSED, policy(spec))).toEqual(expected);
});

const open = (...values: unknown[]) => ({ matchExpressions: [{ key: NAME, operator: "In", values }] });
test.each<[string, object, string[]]>([
  ["a label that is not known yet", { matchLabels: { [NAME]: UNKNOWN } }, ["undecided"]],
  ["a label that they have not, of a value not known yet", { matchLabels: { other: UNKNOWN } }, ["violated"]],
  [
    "values that are not known yet",
    { matchExpressions: [{ key: NAME, operator: "In", values: UNKNOWN }] },
    ["undecided"],
  ],
  ["one value that is not known yet", open(UNKNOWN), ["undecided"]],
  ["a value not known yet, and theirs", open(UNKNOWN, "worker"), []],
  [
    "none but a value not known yet",
    { matchExpressions: [{ key: NAME, operator: "NotIn", values: [UNKNOWN] }] },
    ["undecided"],
  ],
  [
    "none but theirs, and a value not known yet",
    { matchExpressions: [{ key: NAME, operator: "NotIn", values: ["worker", UNKNOWN] }] },
    ["violated"],
  ],
  ["an expression that is not known yet", { matchExpressions: [UNKNOWN] }, ["undecided"]],
  ["an expression that is none", { matchExpressions: [null] }, ["violated"]],
])("a policy that selects workers by %s", (_how, podSelector, expected) => {
  expect(kinds("worker", policy({ podSelector, policyTypes: ["Egress"] }))).toEqual(expected);
});

import { expect, test } from "vitest";

import type { Declared } from "./golden";
import { judge } from "./judge";

const pod = (part: string): Declared => ({
  type: "kubernetes:core/v1:Pod",
  props: { metadata: { name: part, namespace: "monofarm", labels: { "app.kubernetes.io/name": part } } },
});

/** Whether H03 holds of a pod and one policy. */
function holds(part: string, podSelector: object, egress: object[]): boolean {
  const spec = { podSelector, policyTypes: ["Egress"], egress };
  const policy: Declared = {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    props: { metadata: { name: "closed", namespace: "monofarm" }, spec },
  };
  return judge({ pod: pod(part), policy }).every(({ rule }) => rule !== "H03");
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

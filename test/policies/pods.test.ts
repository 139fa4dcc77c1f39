import { describe, expect, test } from "vitest";

import type { Rule } from "../../policies/rule";
import { admitted } from "./admitted";
import { type Declared } from "./golden";
import { judge, RULES } from "./judge";
import { mutate } from "./mutants";

type Change = readonly [path: string, value: unknown];

const POD = "spec.template.spec";
const [CONTAINER, RUNNER] = [`${POD}.containers.0`, `${POD}.initContainers.0`];

/** A resource of the golden farm with several changes. */
const changed = (resource: string, ...changes: readonly Change[]): Declared =>
  changes.reduce<Record<string, Declared>>(
    (farm, [path, value]) => mutate(resource, path, value, farm),
    mutate(resource, "metadata.name", resource),
  )[resource] as Declared;

/** Rules that a resource by itself breaks: in the pack, and of those in the cluster's admission what it decides. */
function broken(declared: Declared): [string[], string[]] {
  const found = judge({ own: declared }).map(({ rule }) => rule);
  const refuses = (rule: Rule) => admitted(rule, declared).includes(false);
  return [[...new Set(found)], RULES.filter(refuses).map(({ id }) => id)];
}

describe("what a container says against its pod, or has of its node", () => {
  const nonRoot: Change = [`${POD}.securityContext.runAsNonRoot`, true];
  test.each<[string, string, readonly Change[]]>([
    ["S02", "a container that may be root", [nonRoot, [`${CONTAINER}.securityContext.runAsNonRoot`, false]]],
    ["S02", "more of /proc", [[`${CONTAINER}.securityContext.procMount`, "Unmasked"]]],
    ["S02", "no AppArmor", [[`${POD}.securityContext.appArmorProfile`, { type: "Unconfined" }]]],
    ["S02", "a container without", [[`${CONTAINER}.securityContext.appArmorProfile`, { type: "Unconfined" }]]],
    ["S02", "a setting of the kernel's", [[`${POD}.securityContext.sysctls`, [{ name: "kernel.msgmax", value: "1" }]]]],
    ["S02", "a folder of the node's", [[`${POD}.volumes.2`, { name: "node", hostPath: { path: "/" } }]]],
    ["S02", "a disk by its protocol", [[`${POD}.volumes.2`, { name: "disk", iscsi: { iqn: "i", lun: 0 } }]]],
  ])("%s: %s", (rule, _what, changes) => {
    expect(broken(changed("scheduler", ...changes))).toEqual([[rule], [rule]]);
  });

  test.each<[string, readonly Change[]]>([
    ["no profile", [[`${POD}.securityContext`, undefined]]],
    ["a container under none", [[`${CONTAINER}.securityContext.seccompProfile`, { type: "Unconfined" }]]],
    ["a runner under none", [[`${RUNNER}.securityContext.seccompProfile`, { type: "Unconfined" }]]],
    ["no AppArmor", [[`${CONTAINER}.securityContext.appArmorProfile`, { type: "Unconfined" }]]],
    ["a port of the node's", [[`${RUNNER}.ports`, [{ containerPort: 9000, hostPort: 9000 }]]]],
    ["more of /proc", [[`${RUNNER}.securityContext.procMount`, "Unmasked"]]],
  ])("S21: a worker with %s", (_what, changes) => {
    expect(broken(changed("worker", ...changes)).map((rules) => rules.includes("S21"))).toEqual([true, true]);
  });

  test("a worker whose containers each say it is under seccomp as well as one whose pod does", () => {
    const own = [CONTAINER, RUNNER].map((at): Change => [
      `${at}.securityContext.seccompProfile`,
      { type: "Localhost" },
    ]);
    expect(broken(changed("worker", [`${POD}.securityContext`, undefined], ...own))[1]).toEqual([]);
  });
});

describe("a worker's variables", () => {
  const field = { fieldRef: { fieldPath: "spec.nodeName" } };
  const key = { name: "settings", key: "locale" };
  test.each<[object, boolean]>([
    [{ name: "TZ", value: "UTC" }, true],
    [{ name: "TZ", value: "Europe/Berlin" }, false],
    [{ name: "LC_ALL", value: "C.UTF-8" }, true],
    [{ name: "LC_ALL", valueFrom: { configMapKeyRef: key } }, false],
    [{ name: "SOURCE_DATE_EPOCH", value: "0" }, true],
    [{ name: "SOURCE_DATE_EPOCH", value: "now" }, false],
    [{ name: "NODE_NAME", valueFrom: field }, true],
    [{ name: "NODE_NAME", valueFrom: { secretKeyRef: key } }, false],
  ])("%j: %s", (variable, isFine) => {
    const rules = isFine ? [] : ["H09"];
    expect(broken(changed("worker", [`${CONTAINER}.env`, [variable]]))[1]).toEqual(rules);
  });
});

const labelled = (part: string) => ({ metadata: { labels: { "app.kubernetes.io/name": part } }, spec: {} });
const set = (kind: string, part: string, spec: object): Declared => ({
  type: `kubernetes:apps/v1:${kind}`,
  props: { metadata: { name: part, namespace: "monofarm" }, spec: { ...spec, template: labelled(part) } },
});
const breaks = (rule: string, declared: Declared) => broken(declared).map((rules) => rules.includes(rule));

test.each<[string, object, boolean]>([
  ["StatefulSet", { replicas: 1 }, false],
  ["StatefulSet", { replicas: 2 }, true],
  ["ReplicaSet", { replicas: 0 }, false],
  ["ReplicaSet", { replicas: 2 }, true],
  ["DaemonSet", {}, true],
])("H25: a %s of schedulers with %j breaks it: %s", (kind, spec, isBroken) => {
  expect(breaks("H25", set(kind, "scheduler", spec))).toEqual([isBroken, isBroken]);
});

test("H25: two schedulers of a namespace are one too many, of two namespaces not", () => {
  const one = set("StatefulSet", "scheduler", { replicas: 1 });
  const elsewhere = { ...one, props: { ...one.props, metadata: { name: "scheduler", namespace: "other" } } };
  const found = (two: Declared) => judge({ one, two }).filter(({ rule }) => rule === "H25");
  expect(found(one).map(({ finding }) => finding.found)).toEqual(Array(2).fill("schedulers in its namespace: 2"));
  expect(found(elsewhere)).toEqual([]);
});

test("H12: a StatefulSet of workers claims no volumes, one of storage may", () => {
  const claims = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };
  expect(breaks("H12", set("StatefulSet", "worker", claims))).toEqual([true, true]);
  expect(breaks("H12", set("StatefulSet", "storage", claims))).toEqual([false, false]);
});

test("H20: what a Job's own labels leave out, its pods say", () => {
  const anonymous: readonly Change[] = [
    ["metadata.labels", {}],
    [`${CONTAINER}.env`, []],
  ];
  const job = changed("release", ...anonymous);
  expect(breaks("H20", job)).toEqual([true, true]);
  const { spec } = job.props as { spec: object };
  const daily: Declared = {
    type: "kubernetes:batch/v1:CronJob",
    props: { metadata: { name: "daily" }, spec: { schedule: "0 0 * * *", jobTemplate: { spec } } },
  };
  expect(breaks("H20", daily)).toEqual([true, true]);
});

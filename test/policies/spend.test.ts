import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { disruptionFindings } from "../../policies/stack-rules/disruption";
import { spendFindings } from "../../policies/stack-rules/spend";
import type { Finding } from "../../policies/rule";
import type { Declared } from "./golden";
import { asResources } from "./judge";

const said = (findings: readonly Finding[]) => findings.map(({ kind, found }) => `${kind} ${found}`);

describe("a budget of 10 nodes and 5 USD an hour", () => {
  const group = (maxSize: unknown, instanceTypes: unknown = ["m8g.large"]): Declared => ({
    type: "aws:eks/nodeGroup:NodeGroup",
    props: { scalingConfig: { maxSize }, instanceTypes },
  });
  const NODES = "all node groups at scalingConfig.maxSize, nodes";
  const USD = "all node groups at scalingConfig.maxSize, USD an hour";
  const LATER = "not known before the deploy";

  test.each<[string, readonly Declared[], readonly string[]]>([
    ["no groups", [], []],
    ["groups within it", [group(4), group(6)], []],
    ["groups with too many nodes together", [group(4), group(7)], [`violated ${NODES}: 11`]],
    ["a group of dear nodes", [group(6, ["c8a.4xlarge"])], [`violated ${USD}: 5.17`]],
    ["a group that may get the dearer one", [group(6, ["m8g.large", "c8a.4xlarge"])], [`violated ${USD}: 5.17`]],
    ["a group of a size that is no number", [group("many")], [`violated ${NODES}: null`, `violated ${USD}: null`]],
    ["a size that nobody knows yet", [group(UNKNOWN)], [`undecided ${NODES}: ${LATER}`, `undecided ${USD}: ${LATER}`]],
    ["types that nobody knows yet", [group(1, UNKNOWN)], [`undecided ${USD}: ${LATER}`]],
    ["one type that nobody knows yet", [group(1, [UNKNOWN])], [`undecided ${USD}: ${LATER}`]],
    [
      "a group too large beside one of which nobody knows yet",
      [group(11), group(UNKNOWN)],
      [`violated ${NODES}: 11`, `undecided ${USD}: ${LATER}`],
    ],
    [
      "a group that leaves its types to a template",
      [group(1, null)],
      ["violated instanceTypes: nothing, of which policies/data/instance-types.json has no price"],
    ],
    [
      "a type without a price",
      [group(1, ["u7in-32tb.224xlarge"])],
      ["violated instanceTypes: u7in-32tb.224xlarge, of which policies/data/instance-types.json has no price"],
    ],
  ])("and %s", (_, groups, expected) => {
    expect(
      said(spendFindings(asResources(Object.fromEntries(groups.map((one, at) => [`g${at}`, one]))), 10, 5)),
    ).toEqual(expected);
  });
});

describe("a drain of nodes", () => {
  const labels = { part: "frontend", tier: "front" };
  const part = (replicas: unknown, namespace: unknown = "farm"): Declared => ({
    type: "kubernetes:apps/v1:Deployment",
    props: { metadata: { namespace }, spec: { replicas, template: { metadata: { labels } } } },
  });
  const budget = (
    selector: unknown,
    namespace: unknown = "farm",
    leaves: object = { maxUnavailable: 1 },
  ): Declared => ({
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    props: { metadata: { namespace }, spec: { selector, ...leaves } },
  });
  const mine = { matchLabels: { part: "frontend" } };
  const violated = ["violated a PodDisruptionBudget: false"];
  const undecided = ["undecided a PodDisruptionBudget: not known before the deploy"];

  test.each<[string, Readonly<Record<string, Declared>>, readonly string[]]>([
    ["takes a part of one pod as it must", { part: part(1) }, []],
    ["may take several at once", { part: part(2) }, violated],
    ["may take however many an autoscaler made", { part: part(undefined) }, violated],
    ["is held up by a budget", { part: part(2), budget: budget(mine) }, []],
    ["is held up by a budget for all", { part: part(2), budget: budget({}) }, []],
    ["is not by one for others", { part: part(2), budget: budget({ matchLabels: { part: "storage" } }) }, violated],
    ["is not by one of another namespace", { part: part(2), budget: budget(mine, "other") }, violated],
    ["is not by one with a selector of a wrong shape", { part: part(2), budget: budget({ matchLabels: 7 }) }, violated],
    ["is not by one without a selector", { part: part(2), budget: budget(undefined) }, violated],
    ["is held up by one that keeps half", { part: part(2), budget: budget(mine, "farm", { minAvailable: "50%" }) }, []],
    ["is held up by one that keeps one", { part: part(2), budget: budget(mine, "farm", { minAvailable: 1 }) }, []],
    ["is not by one that keeps none", { part: part(2), budget: budget(mine, "farm", { minAvailable: 0 }) }, violated],
    [
      "is not by one that lets all go",
      { part: part(2), budget: budget(mine, "farm", { maxUnavailable: "100%" }) },
      violated,
    ],
    [
      "is held up by one that lists values",
      { part: part(2), budget: budget({ matchExpressions: [{ key: "tier", operator: "In", values: ["front"] }] }) },
      [],
    ],
    ["of how many nobody knows yet", { part: part(UNKNOWN) }, undecided],
    [
      "where nobody knows yet whom a budget is for",
      { part: part(2), budget: budget({ matchLabels: UNKNOWN }) },
      undecided,
    ],
    [
      "where nobody knows yet in which namespace a budget is",
      { part: part(2), budget: budget(mine, UNKNOWN) },
      undecided,
    ],
    [
      "where both will be in a namespace that has no name yet",
      { part: part(2, UNKNOWN), budget: budget(mine, UNKNOWN) },
      [],
    ],
  ])("%s", (_, declared, expected) => {
    expect(said(disruptionFindings(asResources(declared)))).toEqual(expected);
  });
});

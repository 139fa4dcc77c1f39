import { expect, test } from "vitest";

import { amiAndVersionPinned } from "../../policies/hermetic/h10-ami-and-version-pinned";
import { cpuBaselineSingle } from "../../policies/hermetic/h15-cpu-baseline-single";
import { UNKNOWN } from "../../policies/predicates/condition";
import { checkResource } from "../../policies/rule";
import { imdsLocked } from "../../policies/security/s05-imds-locked";
import { asResources } from "./judge";

const labels = { "farm.build/role": "worker", "farm.build/cpu": "graviton4" };

/** What a rule says of a node group. */
function kinds(rule: Parameters<typeof checkResource>[0], props: object): string[] {
  const declared = { group: { type: "aws:eks/nodeGroup:NodeGroup", props: { labels, ...props } } };
  return asResources(declared).flatMap((one) => checkResource(rule, one).map(({ kind }) => kind));
}

test.each<[unknown, string[]]>([
  [["c8gd.4xlarge"], []],
  [["c8gd.4xlarge", "m8gd.4xlarge"], []],
  [["c8gd.4xlarge", "c7gd.4xlarge"], ["violated"]],
  [["x9.large", "y9.large"], ["violated"]],
  [["c8gd.4xlarge", UNKNOWN], ["undecided"]],
  [["c8gd.4xlarge", "c7gd.4xlarge", UNKNOWN], ["violated"]],
  [UNKNOWN, ["undecided"]],
])("workers on %j are of one generation of CPUs: %j", (instanceTypes, expected) => {
  expect(kinds(cpuBaselineSingle, { instanceTypes })).toEqual(expected);
});

test.each<[object, string[], string[]]>([
  [{ launchTemplate: { id: "lt-1", version: "3" } }, [], []],
  [{ launchTemplate: { id: UNKNOWN, version: UNKNOWN } }, ["undecided"], []],
  [{ launchTemplate: UNKNOWN }, ["undecided"], ["undecided"]],
  [{ launchTemplate: { id: "lt-1", version: "$Default" }, releaseVersion: "1" }, ["violated"], []],
  [{ launchTemplate: {} }, ["violated"], []],
  [{ releaseVersion: "1" }, [], ["violated"]],
  [{}, ["violated"], ["violated"]],
])("nodes of %j are pinned: %j, and hide their role from pods: %j", (props, pinned, hidden) => {
  expect(kinds(amiAndVersionPinned, props)).toEqual(pinned);
  expect(kinds(imdsLocked, props)).toEqual(hidden);
});

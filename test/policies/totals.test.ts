import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { jobBounded } from "../../policies/security/s19-job-bounded";
import { runnerGroupRestricted } from "../../policies/security/s17-runner-group-restricted";
import { asResources } from "./judge";

const job = (completions?: unknown) => ({ type: "kubernetes:batch/v1:Job", props: { spec: { completions } } });
const group = (name: unknown) => ({ type: "github:index/actionsRunnerGroup:ActionsRunnerGroup", props: { name } });
const set = (runnerGroup: unknown) => ({
  type: "kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet",
  props: { spec: { runnerGroup } },
});

describe("the Jobs of a stack together", () => {
  const kinds = (...counts: readonly unknown[]) => {
    const declared = Object.fromEntries(counts.map((count, index) => [`job-${index}`, job(count)]));
    return jobBounded.stack?.(asResources(declared), { total: 15 }).map(({ kind, found }) => `${kind} ${found}`);
  };

  test.each([
    [[], []],
    [[10, 5, undefined], []],
    [[10, 6], ["violated all Jobs' spec.completions: 16"]],
    [[16, UNKNOWN], ["violated all Jobs' spec.completions: 16"]],
    [[10, UNKNOWN], ["undecided all Jobs' spec.completions: not known before the deploy"]],
  ])("of %j indexes where 15 are allowed: %j", (counts, expected) => {
    expect(kinds(...counts)).toEqual(expected);
  });
});

describe("a set of runners where groups are declared", () => {
  const kinds = (declared: Parameters<typeof asResources>[0]) =>
    runnerGroupRestricted.stack?.(asResources(declared), {}).map(({ kind }) => kind);

  test.each([
    ["its group's name", { one: group("monofarm"), set: set("monofarm") }, []],
    ["another's", { one: group("monofarm"), set: set("theirs") }, ["violated"]],
    ["none", { one: group("monofarm"), set: set(undefined) }, ["violated"]],
    ["a name that is not known yet", { one: group("monofarm"), set: set(UNKNOWN) }, ["undecided"]],
    ["a name, of a group whose own is not known yet", { one: group(UNKNOWN), set: set("monofarm") }, ["undecided"]],
    ["a name, where no group is declared", { set: set("theirs") }, []],
  ])("joins %s", (_, declared, expected) => {
    expect(kinds(declared)).toEqual(expected);
  });
});

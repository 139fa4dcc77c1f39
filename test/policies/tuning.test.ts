import { describe, expect, test } from "vitest";

import { UserError } from "../../components/user-error";
import { Pack } from "../../policies/pack";
import { readTuning } from "../../policies/tuning";
import { tuningIn } from "../../stacks/tuning";
import { asResources, RULES } from "./judge";
import { mutate } from "./mutants";

describe("a stack's tuning", () => {
  test("is by one name for what a rule asks of objects and of the stack", () => {
    const pack = new Pack("monofarm", RULES);
    const farm = asResources(mutate("bucket-versions", "versioningConfiguration.status", "Suspended"));
    const said = (tuning: object) => {
      pack.configure(readTuning(tuning, RULES, "file"));
      return pack.analyzeStack(farm).map(({ rule }) => rule.name);
    };
    expect(said({})).toEqual(["bucket-baseline"]);
    expect(said({ "bucket-baseline": "disabled" })).toEqual([]);
    const exempt = [{ resource: "bucket-*", reason: "Somebody else keeps its versions." }];
    expect(said({ "bucket-baseline": { exempt } })).toEqual([]);
    expect(said({ all: "disabled" })).toEqual([]);
    const jobs = asResources(mutate("release", "spec.completions", 90_000));
    pack.configure(readTuning({ "job-bounded": { total: 80_000 } }, RULES, "file"));
    expect(pack.analyzeStack(jobs).map(({ rule }) => rule.name)).toContain("job-bounded");
  });

  const reason = "A day of every major at once.";
  test.each<[string, object, string]>([
    ["no such policy", { "job-bound": { total: 5 } }, "file: found job-bound; allowed: names of policies: image-"],
    ["an id", { S19: "disabled" }, "file: found S19; allowed: names of policies: image-"],
    ["a half's name", { "job-bounded-stack": {} }, "file: found job-bounded-stack; allowed: names of policies: image-"],
    [
      "no such setting",
      { "job-bounded": { completion: 5 } },
      "file: job-bounded.completion: found 5; allowed: enforcementLevel, exempt, completions, parallelism, deadline, total",
    ],
    [
      "a text for a number",
      { "job-bounded": { completions: "5" } },
      'file: job-bounded.completions: found "5"; allowed: a whole number from 0',
    ],
    [
      "no such level",
      { "job-bounded": { enforcementLevel: "remediate" } },
      'file: job-bounded: found "remediate"; allowed: mandatory, advisory, disabled',
    ],
    ["no object", { "job-bounded": 7 }, "file: job-bounded: found 7; allowed: mandatory, advisory, disabled, or an"],
    ["settings of all", { all: { completions: 5 } }, "file: all.completions: found 5; allowed: enforcementLevel"],
    [
      "exempt: a text",
      { "job-bounded": { exempt: "release" } },
      'file: job-bounded.exempt: found "release"; allowed: a',
    ],
    [
      "exempt: nothing",
      { "job-bounded": { exempt: [{}] } },
      "file: job-bounded.exempt[0]: found {}; allowed: a list of",
    ],
    [
      "exempt: a short reason",
      { "job-bounded": { exempt: [{ resource: "release", reason: "Because." }] } },
      'file: job-bounded.exempt[0]: found {"resource":"release","reason":"Because."}; allowed: a list of',
    ],
    [
      "exempt: a field more",
      { "job-bounded": { exempt: [{ resource: "release", reason, until: "May" }] } },
      "file: job-bounded.exempt[0]: found {",
    ],
  ])("is refused by the key that is wrong: %s", (_what, tuning, message) => {
    expect(() => readTuning(tuning, RULES, "file")).toThrow(message);
    expect(() => tuningIn(JSON.stringify(tuning), "file")).toThrow(UserError);
  });

  test.each([
    ["{", "file: found no JSON; allowed: {}, or an object of how rules are tuned"],
    ["[]", "file: found []; allowed: {}, or an object of how rules are tuned"],
    ["null", "file: found null; allowed: {}, or an object"],
  ])("is refused by its file where that holds no object: %s", (text, message) => {
    expect(() => tuningIn(text, "file")).toThrow(message);
    expect(() => tuningIn(text, "file")).toThrow(UserError);
  });
});

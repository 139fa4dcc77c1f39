import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CHECKOUT } from "../../local/directories";
import { run } from "../../local/run";
import { presentTools } from "../../local/toolbox/toolbox";
import { dependencies, name } from "../../policies/package.json";
import type { Rule } from "../../policies/rule";
import { type Declared, GOLDEN } from "../policies/golden";
import { judge, RULES } from "../policies/judge";
import { PolicyPreviews } from "../policies/engine/preview";
import { MUTANTS, type Mutant, mutate } from "../policies/mutants";

let previews: PolicyPreviews;
beforeAll(async () => {
  previews = new PolicyPreviews(await presentTools());
  await previews.start();
});
afterAll(() => {
  previews.dispose();
});

const ruleOf = ({ rule }: Mutant): Rule => RULES.find(({ id }) => id === rule) as Rule;
const mutant = ({ resource, path, value }: Mutant) => mutate(resource, path, value);

/** Mutants that a rule about single objects catches can stand side by side; others need a stack each. */
const byItself = (one: Mutant) =>
  judge({ own: mutant(one)[one.resource] as Declared }).some(({ rule }) => rule === one.rule);
const SINGLE = MUTANTS.filter((one) => ruleOf(one).stack === undefined && byItself(one));
const TOGETHER = MUTANTS.filter((one) => !SINGLE.includes(one));
/** A preview takes seconds: in a day's run one mutant of each such rule, in a long one all. */
const TODAY =
  process.env["MONOFARM_LONG"] === "1"
    ? TOGETHER
    : TOGETHER.filter(({ rule }, index) => TOGETHER.findIndex((one) => one.rule === rule) === index);

/** What `npm install` of the packed policies comes to, without a registry. @returns the pack's folder */
async function install(folder: string): Promise<string> {
  await run("npm", ["pack", "--silent", "--pack-destination", folder, join(CHECKOUT, "policies")]);
  const [file = ""] = readdirSync(folder);
  const modules = join(folder, "node_modules");
  const own = join(modules, name);
  mkdirSync(own, { recursive: true });
  await run("tar", ["-xzf", join(folder, file), "-C", own, "--strip-components=1"]);
  for (const dependency of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, dependency)), { recursive: true });
    symlinkSync(join(CHECKOUT, "node_modules", dependency), join(modules, dependency));
  }
  return own;
}

describe("the packs on Pulumi's engine", () => {
  test("find nothing in the golden farm", async () => {
    expect(await previews.violations(GOLDEN)).toEqual([]);
  });

  test("catch the same as two packs of their halves", async () => {
    const halves = ["policies/hermetic", "policies/security"];
    const broken = mutate("worker", "spec.template.spec.containers.0.image", "busybox:1.31");
    const found = await previews.violations(broken, halves);
    expect(found).not.toEqual([]);
    expect(found).toEqual(await previews.violations(broken));
  });

  test("catch the same in another repository, as a package with the dependencies that it names", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "monofarm-elsewhere-"));
    try {
      const pack = await install(elsewhere);
      const broken = mutate("worker", "spec.template.spec.containers.0.image", "busybox:1.31");
      const found = await previews.violations(broken, [pack]);
      expect(found).not.toEqual([]);
      expect(found).toEqual(await previews.violations(broken));
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test(`catch ${SINGLE.length} mutated objects, each by its rule alone`, async () => {
    const stack = SINGLE.map((one, index) => [`mutant-${index}`, mutant(one)[one.resource] as Declared] as const);
    const all = await previews.violations(Object.fromEntries(stack));
    // Side by side they are no stack that rules about several resources could judge.
    const found = all.filter(({ policy }) => RULES.some(({ name, stack }) => name === policy && stack === undefined));
    const expected = SINGLE.map((one, index) => `mutant-${index} ${ruleOf(one).name} ${ruleOf(one).level}`);
    const told = new Set(found.map(({ resource, policy, level }) => `${resource} ${policy} ${level}`));
    expect([...told].sort()).toEqual(expected.sort());
  });

  test.each(TODAY.map((one) => [one.rule, one.resource, one.path, one] as const))(
    "catch %s: %s %s",
    async (_rule, _resource, _path, one) => {
      const found = await previews.violations(mutant(one));
      const policies = new Set(found.map(({ policy }) => policy));
      expect([...policies]).toEqual([ruleOf(one).name]);
    },
  );
});

import { expect, test } from "vitest";

import { violationIn } from "../../local/stack/policies";
import { checkResource, message } from "../../policies/rule";
import { asResources, RULES } from "./judge";
import { MUTANTS, mutate } from "./mutants";

/** As Pulumi prints a violation. */
function printed(level: string, name: string, text: string): string {
  return [
    "Policies:",
    "    ❌ monofarm@v0.1.0 (local: policies)",
    `        - [${level}] [severity: high]  ${name}  (kubernetes:apps/v1:Deployment: worker)`,
    "          H14, for SLSA: Isolated",
    `          ${text}`,
    "",
  ].join("\n");
}

test.each(RULES.map((rule) => [rule.id, rule] as const))("%s is refused with the key that mends it", (id, rule) => {
  const error = violationIn(printed("mandatory", rule.name, `${message(rule)} Found spec.x: 7`));
  expect(error?.where).toBe(rule.key);
  expect(error?.found).toBe("spec.x: 7");
  expect(error?.allowed).toBe(`${rule.requires}, because ${rule.because} (policy ${id} ${rule.name})`);
  expect(violationIn(printed("advisory", rule.name, message(rule)))).toBeUndefined();
});

test("a finding shows the path and the value", () => {
  const mutant = MUTANTS.find(({ rule }) => rule === "H01");
  const rule = RULES.find(({ id }) => id === "H01");
  const farm = asResources(mutate(mutant?.resource ?? "", mutant?.path ?? "", mutant?.value));
  const found = farm.flatMap((resource) => (rule === undefined ? [] : checkResource(rule, resource)));
  expect(found.map((finding) => finding.found)).toEqual([
    "spec.template.spec.containers[0].image: busybox:1.31.1-uclibc",
  ]);
});

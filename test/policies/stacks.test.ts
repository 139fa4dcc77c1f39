import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { exemptionFor, type Exemption } from "../../policies/exemptions";
import { awsValues } from "../stacks/aws-values";
import { declareFarm } from "../stacks/golden";
import { observedValues } from "../stacks/kubernetes-values";
import { judge, RULES } from "./judge";

type Configuration = Readonly<Record<string, { readonly exempt: readonly Exemption[] }>>;

function exemptions(stack: string): Configuration {
  const file = join(__dirname, "..", "..", "stacks", "policies", `${stack}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Configuration;
}

/** What the rules find in a stack as it is recorded, as `H18 frontend`. Links between AWS' resources are not recorded. */
async function findings(values: Record<string, unknown>): Promise<string[]> {
  const recorded = (await declareFarm(values)).filter(({ type }) => type.startsWith("kubernetes:"));
  const declared = recorded.map(({ type, name, inputs }) => [`${type}::${name}`, { type, props: inputs }] as const);
  expect(declared.length).toBeGreaterThan(20);
  const found = judge(Object.fromEntries(declared)).map(
    ({ rule, finding }) => `${rule} ${finding.urn.split("::").at(-1)}`,
  );
  return [...new Set(found)].sort();
}

test("what the stack aws makes of AWS breaks no rule, when it is made", async () => {
  const recorded = (await declareFarm(awsValues())).filter(({ type }) => /^(aws|kubernetes):/.test(type));
  const arn = (type: string, name: string) => `arn:aws:${type}:${name}`;
  const roles = recorded.filter(({ type }) => type === "aws:iam/role:Role");
  // Names as the recorder gives them; only what a role's ARN was made of is not told by its text.
  const declared = recorded.map(({ type, name, inputs, options }) => {
    const role = roles.find((one) => arn(one.type, one.name) === inputs["nodeRoleArn"]);
    const madeOf = role === undefined ? {} : { nodeRoleArn: [`${role.type}::${role.name}`] };
    const told = type.startsWith("aws:") ? { id: `${name}-id`, arn: arn(type, name), name } : {};
    return [
      `${type}::${name}`,
      { type, props: { ...told, ...inputs }, protect: options.protect === true, madeOf },
    ] as const;
  });
  const found = judge(Object.fromEntries(declared)).filter(({ finding }) => finding.urn.startsWith("aws:"));
  expect(found.map(({ rule, finding }) => `${rule} ${finding.kind} ${finding.urn} ${finding.found}`)).toEqual([]);
});

describe.each([
  ["aws", awsValues()],
  ["kubernetes", observedValues()],
])("the cluster of the stack %s", (stack, values) => {
  const configuration = exemptions(stack);
  const isExempt = (finding: string) => {
    const [id = "", name = ""] = finding.split(" ");
    const rule = RULES.find((one) => one.id === id);
    return exemptionFor(configuration[rule?.name ?? ""]?.exempt ?? [], name) !== undefined;
  };

  test("breaks the rules that docs/policies.md lists, and no other", async () => {
    const found = await findings(values);
    expect([...new Set(found.map((finding) => finding.split(" ")[0]))]).toEqual(["S03"]);
    expect(found.filter((finding) => !isExempt(finding))).toEqual([]);
  });

  test("has no exemption that nothing needs", async () => {
    const found = await findings(values);
    for (const [name, { exempt }] of Object.entries(configuration)) {
      const rule = RULES.find((one) => one.name === name);
      expect(rule, name).toBeDefined();
      for (const one of exempt) {
        const needed = found.some((finding) => {
          const [id = "", resource = ""] = finding.split(" ");
          return id === rule?.id && exemptionFor([one], resource) !== undefined;
        });
        expect(needed, `${name}: ${one.resource}`).toBe(true);
      }
    }
  });
});

import { expect, test } from "vitest";

import { BASELINE } from "./baseline";
import { judge, RULES } from "./judge";

const HEAD = `# The packs on Monogres' present farm

What both packs find in the hand-made farm of Monogres' repository (\`rbe/\`: an eksctl file, Helm installs, a kustomization and a
page of shell), described as resources in [test/policies/baseline.ts](../test/policies/baseline.ts) from what its files say.
Nothing was deployed and no host was asked. Written by the tests; \`npx vitest run --project pure test/policies -u\` writes it anew.

What stands in files outside the cluster, access keys and \`.bazelrc\`, is described as the resource that it comes nearest to. What
eksctl adds by itself, launch templates among it, stands in no file and is not described.`;

function report(): string {
  const found = judge(BASELINE);
  const rules = RULES.filter(({ id }) => found.some(({ rule }) => rule === id));
  const rows = rules.map(({ id, name, level, because }) => {
    const places = found.filter(({ rule }) => rule === id).map(({ finding }) => finding);
    const [first] = places;
    const more = new Set(places.map(({ urn }) => urn)).size - 1;
    const where = `\`${first?.urn}\`${more > 0 ? ` and ${more} more` : ""}`;
    const what = `\`${(first?.found ?? "")
      .replace(/^: nothing$/, "that it is there")
      .replaceAll("`", "'")
      .replaceAll("|", "\\|")}\``;
    return `| ${id} | \`${name}\` | ${level} | ${where} | ${what} | ${because} |`;
  });
  const mandatory = rules.filter(({ level }) => level === "mandatory").length;
  return `${HEAD}

**${rules.length} of ${RULES.length} rules are broken, ${mandatory} of them mandatory**, in ${found.length} places of ${Object.keys(BASELINE).length} resources.

| id | policy | level | where | found first | consequence: why the rule is there |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

test("docs/baseline.md is what the packs find in Monogres' present farm", async () => {
  await expect(report()).toMatchFileSnapshot("../../docs/baseline.md");
});

test("its weak points that are known are found, each where it is", () => {
  const found = judge(BASELINE).map(({ rule, finding }) => `${rule} ${finding.urn}`);
  const known = [
    "H01 worker-arm64",
    "H03 worker-arm64",
    "H05 frontend-config",
    "H11 worker-arm64-config",
    "H24 bazel",
    "S04 ingress",
    "S06 frontend-config",
    "S07 buildcluster",
    "S09 access-key",
  ];
  expect(known.filter((one) => !found.includes(one))).toEqual([]);
});

test("what it does well is not found", () => {
  const rules = new Set(judge(BASELINE).map(({ rule }) => rule));
  // Runner image and platform are the same digest; clients upload no results; platforms are complete.
  expect(["H02", "H06", "H12", "H22"].filter((id) => rules.has(id))).toEqual([]);
});

import { validations } from "./admission";
import type { Rule } from "./rule";

/** The table of rules as Markdown, from their metadata. */
export function rulesTable(packs: Readonly<Record<string, readonly Rule[]>>): string {
  const sections = Object.entries(packs).map(([pack, rules]) =>
    [
      `## Pack \`${pack}\``,
      "",
      "| id | policy | level | severity | SLSA v1.1 Build L3 | looks at | required | because | change |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      ...rules.map(row),
    ].join("\n"),
  );
  return `${[HEAD, ...sections].join("\n\n")}\n`;
}

const HEAD = `# Rules of the policy packs

Written from the rules themselves ([policies](../policies)); \`npx vitest run --project pure test/policies -u\` writes it anew.
A rule that looks at "objects" is decided for each resource before it is made; one that looks at the "stack", when all
resources are registered. "admission" marks what the cluster itself can refuse too, by the same condition in CEL.`;

function row(rule: Rule): string {
  const { id, name, level, severity, slsa, requires, because, key } = rule;
  const looks = [
    ...(rule.objects === undefined ? [] : ["objects"]),
    ...(rule.stack === undefined ? [] : ["stack"]),
    ...(validations(rule).length > 0 ? ["admission"] : []),
  ];
  const cells = [id, `\`${name}\``, level, severity, slsa, looks.join(", "), requires, because, key];
  const tuned = Object.entries(rule.settings ?? {}).map(
    ([setting, { description, default: value }]) => ` (\`${setting}\`: ${description}, ${value} by default)`,
  );
  return `| ${cells.map((cell, index) => (index === 6 ? cell + tuned.join("") : cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

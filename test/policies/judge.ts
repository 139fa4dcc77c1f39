import { checkResource, defaults, type Finding, type Resource } from "../../policies/rule";
import { RULES } from "../../policies/rules";
import type { Declared } from "./golden";

export { RULES };

/** Declared resources as rules see them. */
export function asResources(declared: Readonly<Record<string, Declared>>): Resource[] {
  return Object.entries(declared).map(([name, { type, props, protect = false, madeOf = {} }]) => ({
    type,
    name,
    urn: name,
    props,
    protect,
    madeOf,
  }));
}

/** What all rules find in a stack, by rule. */
export function judge(declared: Readonly<Record<string, Declared>>): { rule: string; finding: Finding }[] {
  const resources = asResources(declared);
  return RULES.flatMap((rule) =>
    [
      ...resources.flatMap((resource) => checkResource(rule, resource)),
      ...(rule.stack?.(resources, defaults(rule)) ?? []),
    ].map((finding) => ({ rule: rule.id, finding })),
  );
}

import { run } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";

import { validations } from "../../policies/admission";
import type { Resource, Rule } from "../../policies/rule";
import { POD_VARIABLE } from "../../policies/views/pods";

/** Whole numbers of JSON are CEL's `int`. */
function asCel(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(asCel);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, asCel(inner)]));
}

/** What a cluster would say of a resource by the checks of a rule that are about its type, decided by CEL. */
export function admitted(rule: Rule, { type, props }: Pick<Resource, "type" | "props">): boolean[] {
  const kind = type.split(":").at(-1) ?? "";
  const object = asCel({ kind, ...props });
  const bound = (variables: object) => ({ object, variables: new Map(Object.entries(variables)) }) as never;
  const checks = (rule.objects ?? []).filter(({ on }) => on.admission !== undefined);
  return validations(rule)
    .filter((_, index) => checks[index]?.on.types.includes(type))
    .map(({ expression }) => {
      const pod = expression.includes("variables.pod") ? run(POD_VARIABLE, bound({})) : "none";
      return run(expression, bound({ pod }), { funcs: strings }) === true;
    });
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { UserError } from "../components/user-error";
import { RULES } from "../policies/rules";
import type { Tuning } from "../policies/tuning";
import type { PlatformKind } from "./outputs";

const level = z.enum(["mandatory", "advisory", "disabled"]);

/** Least characters of a reason; the packs ask for the same. */
const REASON = 20;

const tunedRule = z.union([
  level,
  z
    .object({
      enforcementLevel: level.optional(),
      exempt: z.array(z.strictObject({ resource: z.string().min(1), reason: z.string().min(REASON) })).optional(),
    })
    .catchall(z.int().min(0))
    .transform(({ enforcementLevel, exempt, ...settings }) => ({ enforcementLevel, exempt, settings })),
]);

/**
 * How a stack of a place tunes the rules: `stacks/policies/<kind>.json`, which Pulumi gives the packs too.
 * @throws UserError naming the file, what was found and what is allowed
 */
export function tuningOf(kind: PlatformKind): Tuning {
  const file = join("stacks", "policies", `${kind}.json`);
  const found = JSON.parse(readFileSync(join(__dirname, "policies", `${kind}.json`), "utf8")) as object;
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => {
      const rule = RULES.find((one) => [one.name, `${one.name}-stack`].includes(name));
      if (rule === undefined) throw new UserError(file, name, RULES.map((one) => one.name).join(", "));
      const parsed = tunedRule.safeParse(value);
      if (parsed.success) return [name, parsed.data];
      const allowed = `mandatory, advisory, disabled, or exempt and the rule's settings`;
      throw new UserError(`${file}: ${name}`, JSON.stringify(value), allowed);
    }),
  );
}

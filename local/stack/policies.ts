import { join } from "node:path";

import { UserError } from "../../components/user-error";
import type { PlatformKind } from "../../stacks/outputs";
import { tuningOf } from "../../stacks/tuning";
import { CHECKOUT } from "../directories";

/**
 * Arguments with which `pulumi preview` and `up` hold a stack's farm against all rules, but for its exemptions.
 * @throws UserError for a mistake in these, of which the engine says less
 */
export function policyArguments(stack: PlatformKind = "local"): string[] {
  tuningOf(stack);
  return [
    "--policy-pack",
    join(CHECKOUT, "policies"),
    "--policy-pack-config",
    join(CHECKOUT, "stacks", "policies", `${stack}.json`),
  ];
}

/** What a policy says when it refuses; see `message` in policies/rule.ts. */
const REFUSAL =
  /\[mandatory\][^\n]*\n(?:[^\n]*\n)??\s*([HS]\d\d \S+): required: (.+?), because (.+?)\. Change (.+?)\. Found ([^\n]+)/;

/** The first mandatory policy that Pulumi's output says is violated, as a mistake that names what to change. */
export function violationIn(output: string): UserError | undefined {
  const [, rule, requires, because, key, found] = REFUSAL.exec(output) ?? [];
  if (rule === undefined) return undefined;
  return new UserError(key ?? "", found ?? "", `${requires ?? ""}, because ${because ?? ""} (policy ${rule})`);
}

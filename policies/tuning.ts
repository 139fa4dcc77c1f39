import type { Exemption } from "./exemptions";
import { defaults, type Rule, type Values } from "./rule";

/** What a rule does where it does not hold. */
export type Level = Rule["level"] | "disabled";

/** How a stack tunes a rule: its level, or level, exemptions and settings by name. */
export type RuleTuning =
  | Level
  | {
      readonly enforcementLevel?: Level | undefined;
      readonly exempt?: readonly Exemption[] | undefined;
      readonly settings: Values;
    };

/** How a stack tunes rules, by name of the policy: what `--policy-pack-config` gives Pulumi. */
export type Tuning = Readonly<Record<string, RuleTuning>>;

/** A rule as a stack holds it. */
export interface Tuned {
  readonly rule: Rule;
  readonly level: Level;
  readonly values: Values;
  readonly exempt: readonly Exemption[];
}

/** A rule under a stack's tuning; what it leaves out is the rule's own. @param name of its policy */
export function tune(rule: Rule, tuning: Tuning, name: string = rule.name): Tuned {
  const given = tuning[name] ?? { settings: {} };
  const {
    enforcementLevel,
    exempt = [],
    settings,
  } = typeof given === "string" ? { enforcementLevel: given, settings: {} } : given;
  return { rule, level: enforcementLevel ?? rule.level, values: { ...defaults(rule), ...settings }, exempt };
}

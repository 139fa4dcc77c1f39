import { EXEMPTIONS_SCHEMA, type Exemption, LEAST_REASON } from "./exemptions";
import { isObject } from "./predicates/object";
import { defaults, type Rule, type Values } from "./rule";

/** What a rule does where it does not hold. */
export type Level = Rule["level"] | "disabled";

const LEVELS: readonly string[] = ["mandatory", "advisory", "disabled"] satisfies readonly Level[];

/** How a stack tunes a rule: its level, exemptions, and settings by name. */
export interface RuleTuning {
  readonly enforcementLevel?: Level;
  readonly exempt?: readonly Exemption[];
  readonly settings: Values;
}

/** How a stack tunes rules, by name of the policy; `all` sets a level for those that have none of their own. */
export type Tuning = Readonly<Record<string, RuleTuning>>;

/** Pulumi's own word for every policy. */
const ALL = "all";

/** A rule as a stack holds it. */
export interface Tuned {
  readonly rule: Rule;
  readonly level: Level;
  readonly values: Values;
  readonly exempt: readonly Exemption[];
}

/** A rule under a stack's tuning; what it leaves out is the rule's own. */
export function tune(rule: Rule, tuning: Tuning): Tuned {
  const { enforcementLevel = tuning[ALL]?.enforcementLevel, exempt = [], settings = {} } = tuning[rule.name] ?? {};
  return { rule, level: enforcementLevel ?? rule.level, values: { ...defaults(rule), ...settings }, exempt };
}

/** A mistake in what a stack tunes. */
export class TuningError extends Error {
  constructor(
    readonly where: string,
    readonly found: string,
    readonly allowed: string,
  ) {
    super(`${where}: found ${found}; allowed: ${allowed}`);
    this.name = "TuningError";
  }
}

/**
 * Reads what `--policy-pack-config` gives: by name of a policy its level, or level, exemptions and settings.
 * @param file where it stands, for what a mistake is told by
 * @throws TuningError naming the key, what was found and what is allowed
 */
export function readTuning(written: object, rules: readonly Rule[], file: string): Tuning {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]: [string, unknown]) => {
      const rule = rules.find((one) => one.name === name);
      if (rule === undefined && name !== ALL)
        throw new TuningError(file, name, `names of policies: ${rules.map((one) => one.name).join(", ")}, or ${ALL}`);
      return [name, ruleTuning(value, rule, `${file}: ${name}`)];
    }),
  );
}

/** @param rule none where it is for all */
function ruleTuning(value: unknown, rule: Rule | undefined, where: string): RuleTuning {
  const fields = typeof value === "string" ? { enforcementLevel: value } : value;
  if (!isObject(fields)) throw new TuningError(where, JSON.stringify(value), `${LEVELS.join(", ")}, or an object`);
  const { enforcementLevel, exempt, ...others } = fields;
  const settings = Object.keys(rule?.settings ?? {});
  const keys = ["enforcementLevel", ...(rule === undefined ? [] : ["exempt", ...settings])];
  const unknown = Object.keys(fields).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new TuningError(`${where}.${unknown}`, JSON.stringify(fields[unknown]), keys.join(", "));
  if (enforcementLevel !== undefined && !isLevel(enforcementLevel))
    throw new TuningError(where, JSON.stringify(enforcementLevel), LEVELS.join(", "));
  return {
    ...(enforcementLevel !== undefined && { enforcementLevel }),
    ...(exempt !== undefined && { exempt: exemptions(exempt, `${where}.exempt`) }),
    settings: Object.fromEntries(Object.entries(others).map(([name, one]) => [name, whole(one, `${where}.${name}`)])),
  };
}

function whole(value: unknown, where: string): number {
  if (Number.isInteger(value) && Number(value) >= 0) return Number(value);
  throw new TuningError(where, JSON.stringify(value), "a whole number from 0");
}

function exemptions(value: unknown, where: string): readonly Exemption[] {
  const allowed = `a list of {"resource": name, "reason": at least ${LEAST_REASON} characters}`;
  if (!Array.isArray(value)) throw new TuningError(where, JSON.stringify(value), allowed);
  return value.map((one: unknown, index) => {
    const { resource, reason, ...others } = isObject(one) ? one : {};
    const isComplete = typeof resource === "string" && resource !== "" && typeof reason === "string";
    if (isComplete && reason.length >= LEAST_REASON && Object.keys(others).length === 0) return { resource, reason };
    throw new TuningError(`${where}[${index}]`, JSON.stringify(one), allowed);
  });
}

function isLevel(value: unknown): value is Level {
  return typeof value === "string" && LEVELS.includes(value);
}

/** The JSON schema of what a stack may tune of a policy, beside its level. */
export function tuningSchema({ settings = {} }: Rule) {
  const numbers = Object.entries(settings).map(([name, setting]) => [
    name,
    { type: "integer" as const, minimum: 0, default: setting.default, description: setting.description },
  ]);
  return { ...(Object.fromEntries(numbers) as object), exempt: EXEMPTIONS_SCHEMA };
}

import { type Condition, UNKNOWN } from "./predicates/condition";
import { evaluate } from "./predicates/evaluate";
import { subjectsOf, type View } from "./views/view";

/** A resource as a rule sees it: secrets in clear, what is not known yet as `UNKNOWN`. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** Names of the resources that a property was made of, by property. */
  readonly madeOf: Readonly<Record<string, readonly string[]>>;
}

/** A place where a rule does not hold, or where nobody can tell before the deploy. */
export interface Finding {
  readonly kind: "violated" | "undecided";
  readonly urn: string;
  /** Path, value: `spec.replicas: 2`. */
  readonly found: string;
}

/** Requirements of SLSA v1.1, Build track, level 3, that a rule serves. */
export type Slsa =
  "Isolated" | "Unforgeable" | "Hosted" | "Authentic" | "beyond L3: hermetic" | "beyond L3: operations";

/** Whole numbers that a fork may tune, by name. */
export type Settings = Readonly<Record<string, { readonly default: number; readonly description: string }>>;

/** A rule, in the order of fields that each file keeps. */
export interface Rule {
  readonly id: `${"H" | "S"}${number}`;
  /** Name of the policy. */
  readonly name: string;
  readonly level: "mandatory" | "advisory";
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly slsa: Slsa;
  /** Configuration key, file or argument that mends it. */
  readonly key: string;
  /** What must hold, as the end of "required: …". */
  readonly requires: string;
  /** Why, as the end of "because …". */
  readonly because: string;
  readonly settings?: Settings;
  /** What must hold of each object by itself. Either this or `stack`. */
  readonly objects?: readonly Check[];
  /** What must hold of all resources together; decided when all are registered. */
  readonly stack?: (resources: readonly Resource[], settings: Values) => Finding[];
}

/** What must hold of the subjects of a view. */
export interface Check {
  readonly on: View;
  /** Subjects that it is about. @default all */
  readonly when?: Condition;
  readonly must: Condition | ((settings: Values) => Condition);
}

/** Settings' values by name. */
export type Values = Readonly<Record<string, number>>;

/** A rule as its file writes it. */
export function rule(definition: Rule): Rule {
  return definition;
}

/** The defaults of a rule's settings. */
export function defaults({ settings = {} }: Rule): Values {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
}

/** The condition that a check asks for under some settings. */
export function required(check: Check, settings: Values): Condition {
  return typeof check.must === "function" ? check.must(settings) : check.must;
}

/** What a rule says about one resource. */
export function checkResource(checked: Rule, resource: Resource, settings: Values = defaults(checked)): Finding[] {
  return (checked.objects ?? []).flatMap((check) =>
    !check.on.types.includes(resource.type)
      ? []
      : subjectsOf(check.on, resource).flatMap(({ value, path }) => {
          const applies = check.when === undefined ? "yes" : evaluate(check.when, value, path).answer;
          return applies === "no"
            ? []
            : decide(required(check, settings), value, path, resource, applies === "unknown");
        }),
  );
}

/** Decides a condition on a value of a resource. @param unsure whether it may be about something else */
export function decide(must: Condition, value: unknown, path: string, { urn }: Resource, unsure = false): Finding[] {
  const decision = value === UNKNOWN ? { answer: "unknown", path, found: UNKNOWN } : evaluate(must, value, path);
  if (decision.answer === "yes") return [];
  const kind = unsure || decision.answer === "unknown" ? "undecided" : "violated";
  return [{ kind, urn, found: `${decision.path.replace(".$content", "")}: ${show(decision.found)}` }];
}

/** Longest value that a message repeats, in characters. */
const LONGEST = 120;

function show(value: unknown): string {
  if (value === UNKNOWN) return "not known before the deploy";
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What every wall says of a rule that does not hold. */
export function message({ id, name, requires, because, key }: Rule): string {
  return `${id} ${name}: required: ${requires}, because ${because}. Change ${key}.`;
}

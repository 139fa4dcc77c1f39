import {
  type Policies,
  PolicyPack,
  type PolicyResource,
  type ResourceValidationArgs,
  type ReportViolation,
  type StackValidationArgs,
} from "@pulumi/policy";

import { exemptionFor, EXEMPTIONS_SCHEMA, type Exemption } from "./exemptions";
import { UNKNOWN } from "./predicates/condition";
import { checkResource, defaults, type Finding, message, type Resource, type Rule, type Values } from "./rule";

/** Serves rules to Pulumi's engine as one policy pack; a process can serve one. */
export function servePack(name: string, rules: readonly Rule[]): void {
  new PolicyPack(name, { policies: policies(rules), enforcementLevel: "mandatory" });
}

/** What the program asked for, by URN. */
type Asked = Map<string, PolicyResource["props"]>;

/** The rules of a pack as Pulumi's policies. */
export function policies(rules: readonly Rule[]): Policies {
  const asked: Asked = new Map();
  return rules.flatMap((rule) => policiesOf(rule, asked));
}

/**
 * A rule as Pulumi's policies: one for its objects, one for the stack where it looks at several resources.
 * @param asked what those for objects, which the engine asks first, write down for those for the stack
 */
function policiesOf(rule: Rule, asked: Asked): Policies {
  const shared = {
    description: `${rule.id}, for SLSA: ${rule.slsa}`,
    enforcementLevel: rule.level,
    severity: rule.severity,
    framework: {
      name: "SLSA",
      version: "v1.1",
      reference: "https://slsa.dev/spec/v1.1/requirements",
      specification: rule.slsa.startsWith("beyond") ? rule.slsa : `Build L3: ${rule.slsa}`,
    },
    remediationSteps: `Change ${rule.key}.`,
    configSchema: { properties: { ...settingsSchema(rule), exempt: EXEMPTIONS_SCHEMA } },
  };
  const { stack } = rule;
  return [
    ...(rule.objects === undefined
      ? []
      : [
          {
            ...shared,
            name: rule.name,
            validateResource: (args: ResourceValidationArgs, report: ReportViolation) => {
              asked.set(args.urn, args.props);
              if (!rule.objects?.some(({ on }) => on.types.includes(args.type))) return;
              tell(rule, checkResource(rule, seen(args, args.opts.protect), values(rule, args)), args, report);
            },
          },
        ]),
    ...(stack === undefined
      ? []
      : [
          {
            ...shared,
            name: rule.objects === undefined ? rule.name : `${rule.name}-stack`,
            validateStack: (
              args: { resources: PolicyResource[]; getConfig: StackValidationArgs["getConfig"] },
              report: ReportViolation,
            ) => {
              const resources = args.resources.map((resource) => seenInStack(resource, asked));
              tell(rule, stack(resources, values(rule, args)), args, report);
            },
          },
        ]),
  ];
}

/** The prefix of what is said of a rule that nobody can decide before the deploy. */
export const UNDECIDED = "undecided before the deploy";

/**
 * Reports what was found. What cannot be decided during a preview is an advice, whatever the rule's level: an update
 * decides it, before the resource is made.
 */
function tell(
  rule: Rule,
  findings: readonly Finding[],
  args: { getConfig: StackValidationArgs["getConfig"] },
  report: ReportViolation,
): void {
  const { exempt = [] } = args.getConfig<{ exempt?: readonly Exemption[] }>();
  const mine = findings.filter(({ urn }) => exemptionFor(exempt, urn) === undefined);
  for (const { urn, found } of mine.filter(({ kind }) => kind === "violated")) {
    report(`${message(rule)} Found ${found}`, urn);
  }
  const open = mine.filter(({ kind }) => kind === "undecided");
  if (open.length > 0) throw undecided(open);
}

/** The error that Pulumi turns into an advice. */
function undecided(findings: readonly Finding[]): Error {
  return new Undecided(`${UNDECIDED}: ${findings.map(({ found }) => found).join("; ")}`);
}

// Pulumi knows the error of an unknown value by its class, which the package keeps in a module of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { UnknownValueError } = require("@pulumi/policy/proxy") as { UnknownValueError: abstract new () => Error };

const Undecided = class extends Error {
  constructor(text: string) {
    super(text);
    Object.setPrototypeOf(this, UnknownValueError.prototype as object);
  }
};

function values(rule: Rule, args: { getConfig: StackValidationArgs["getConfig"] }): Values {
  const given = args.getConfig<Record<string, unknown>>();
  const tuned = Object.entries(given).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value] as const] : [],
  );
  return { ...defaults(rule), ...Object.fromEntries(tuned) };
}

function settingsSchema({ settings = {} }: Rule) {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      name,
      { type: "integer" as const, minimum: 0, default: setting.default, description: setting.description },
    ]),
  );
}

type Seen = Pick<PolicyResource, "type" | "name" | "urn" | "props">;

/** A resource as rules see it. Its properties are copied when a rule first asks for them: most rules pass most by. */
function seen({ type, name, urn, props }: Seen, protect: boolean, madeOf: Resource["madeOf"] = {}): Resource {
  let copy: Resource["props"] | undefined;
  return {
    type,
    name,
    urn,
    get props() {
      return (copy ??= plain(props) as Resource["props"]);
    },
    protect,
    madeOf,
  };
}

/** What a provider that cannot be configured yet, as that of a cluster to come, leaves empty is what was asked for. */
function seenInStack(resource: PolicyResource, asked: Asked): Resource {
  const { type, name, urn, opts, propertyDependencies } = resource;
  const links = Object.entries(propertyDependencies).map(([property, sources]) => [
    property,
    sources.map((source) => source.urn),
  ]);
  const isEmpty = Object.keys(resource.props).length === 0;
  const props = isEmpty ? (asked.get(urn) ?? resource.props) : resource.props;
  return seen({ type, name, urn, props }, opts.protect, Object.fromEntries(links) as Resource["madeOf"]);
}

/** A copy of what Pulumi gives, which throws where it meets a value that is not known: that becomes `UNKNOWN`. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const read = (key: string | number) => {
    let inner: unknown;
    try {
      inner = (value as Record<string | number, unknown>)[key];
    } catch (error) {
      if (error instanceof UnknownValueError) return UNKNOWN;
      throw error;
    }
    return plain(inner);
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(index));
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}

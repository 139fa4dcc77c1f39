import { exemptionFor, EXEMPTIONS_SCHEMA } from "./exemptions";
import { checkResource, type Finding, message, type Resource, type Rule } from "./rule";
import { tune, type Tuned, type Tuning } from "./tuning";

/** A rule as Pulumi's engine knows it: one policy for its objects, one for the stack where it looks at several resources. */
export interface Policy {
  readonly name: string;
  readonly rule: Rule;
  readonly looksAt: "resource" | "stack";
}

/** What a policy says of a resource. */
export interface Diagnostic {
  readonly policy: Policy;
  readonly level: "mandatory" | "advisory";
  readonly urn: string;
  readonly text: string;
}

/** What a policy is, in a line. */
export function description({ rule }: Policy): string {
  return `${rule.id}, for SLSA: ${rule.slsa}`;
}

/** The prefix of what is said of a rule that nobody can decide before the deploy. */
export const UNDECIDED = "undecided before the deploy";

/** A policy under a stack's tuning, which does not disable it. */
interface Held extends Tuned {
  readonly policy: Policy;
  readonly level: Rule["level"];
}

/** Rules as a policy pack, under a stack's tuning. */
export class Pack {
  readonly policies: readonly Policy[];
  private held: readonly Held[] = [];
  /** Policies that look at resources of a type; of most types, none. */
  private readonly byType = new Map<string, readonly Held[]>();
  /** What the program asked for, by URN. */
  private readonly asked = new Map<string, Resource>();

  constructor(
    readonly name: string,
    rules: readonly Rule[],
  ) {
    this.policies = rules.flatMap((rule): Policy[] => [
      ...(rule.objects === undefined ? [] : [{ name: rule.name, rule, looksAt: "resource" as const }]),
      ...(rule.stack === undefined
        ? []
        : [{ name: rule.objects === undefined ? rule.name : `${rule.name}-stack`, rule, looksAt: "stack" as const }]),
    ]);
    this.configure({});
  }

  /** @param tuning by name of the policy */
  configure(tuning: Tuning): void {
    this.byType.clear();
    this.held = this.policies.flatMap((policy) => {
      const tuned = tune(policy.rule, tuning, policy.name);
      return tuned.level === "disabled" ? [] : [{ ...tuned, level: tuned.level, policy }];
    });
  }

  /** Judges a resource that is about to be made or changed. */
  analyze(resource: Resource): Diagnostic[] {
    this.asked.set(resource.urn, resource);
    return this.about(resource.type).flatMap((held) => judge(held, checkResource(held.rule, resource, held.values)));
  }

  /** Judges all resources of a stack together. */
  analyzeStack(resources: readonly Resource[]): Diagnostic[] {
    const seen = resources.map((resource) => this.asAsked(resource));
    return this.held
      .filter(({ policy }) => policy.looksAt === "stack")
      .flatMap((held) => judge(held, held.rule.stack?.(seen, held.values) ?? []));
  }

  private about(type: string): readonly Held[] {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    const held = this.held.filter(
      ({ policy, rule }) =>
        policy.looksAt === "resource" && (rule.objects ?? []).some(({ on }) => on.types.includes(type)),
    );
    this.byType.set(type, held);
    return held;
  }

  /** What a provider that cannot be configured yet, as that of a cluster to come, leaves empty is what was asked for. */
  private asAsked(resource: Resource): Resource {
    const asked = this.asked.get(resource.urn);
    if (asked === undefined) return resource;
    const { type, name, urn, protect, madeOf } = resource;
    return {
      ...{ type, name, urn, protect, madeOf },
      get props() {
        return Object.keys(resource.props).length === 0 ? asked.props : resource.props;
      },
    };
  }
}

/**
 * What a policy says of what its rule found. What cannot be decided during a preview is an advice, whatever the rule's
 * level: an update decides it, before the resource is made.
 */
function judge({ policy, rule, level, exempt }: Held, findings: readonly Finding[]): Diagnostic[] {
  const mine = findings.filter(({ urn }) => exemptionFor(exempt, urn) === undefined);
  const open = mine.filter(({ kind }) => kind === "undecided");
  return [
    ...mine
      .filter(({ kind }) => kind === "violated")
      .map(({ urn, found }) => ({ policy, level, urn, text: `${message(rule)} Found ${found}` })),
    ...[...new Set(open.map(({ urn }) => urn))].map((urn) => {
      const findings = open.filter((one) => one.urn === urn).map(({ found }) => found);
      return { policy, level: "advisory" as const, urn, text: `${UNDECIDED}: ${findings.join("; ")}` };
    }),
  ];
}

/** The JSON schema of what a stack may tune of a policy, beside its level. */
export function tuningSchema({ settings = {} }: Rule) {
  const numbers = Object.entries(settings).map(([name, setting]) => [
    name,
    { type: "integer" as const, minimum: 0, default: setting.default, description: setting.description },
  ]);
  return { ...(Object.fromEntries(numbers) as object), exempt: EXEMPTIONS_SCHEMA };
}

import { exemptionFor, EXEMPTIONS_SCHEMA } from "./exemptions";
import { checkResource, type Finding, message, type Resource, type Rule } from "./rule";
import { tune, type Tuning } from "./tuning";

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

/** Rules as a policy pack, under a stack's tuning. */
export class Pack {
  readonly policies: readonly Policy[];
  private tuning: Tuning = {};
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
  }

  /** @param tuning by name of the policy */
  configure(tuning: Tuning): void {
    this.tuning = tuning;
  }

  /** Judges a resource that is about to be made or changed. */
  analyze(resource: Resource): Diagnostic[] {
    this.asked.set(resource.urn, resource);
    return this.judge("resource", (rule, values) => checkResource(rule, resource, values));
  }

  /** Judges all resources of a stack together. */
  analyzeStack(resources: readonly Resource[]): Diagnostic[] {
    const seen = resources.map((resource) => this.asAsked(resource));
    return this.judge("stack", (rule, values) => rule.stack?.(seen, values) ?? []);
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

  /**
   * What cannot be decided during a preview is an advice, whatever the rule's level: an update decides it, before the
   * resource is made.
   */
  private judge(
    looksAt: Policy["looksAt"],
    find: (rule: Rule, values: Readonly<Record<string, number>>) => readonly Finding[],
  ): Diagnostic[] {
    return this.policies.flatMap((policy): Diagnostic[] => {
      if (policy.looksAt !== looksAt) return [];
      const { rule } = policy;
      const { level, values, exempt } = tune(rule, this.tuning, policy.name);
      if (level === "disabled") return [];
      const mine = find(rule, values).filter(({ urn }) => exemptionFor(exempt, urn) === undefined);
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
    });
  }
}

/** The JSON schema of what a stack may tune of a policy, beside its level. */
export function tuningSchema({ settings = {} }: Rule) {
  const numbers = Object.entries(settings).map(([name, setting]) => [
    name,
    { type: "integer" as const, minimum: 0, default: setting.default, description: setting.description },
  ]);
  return { ...(Object.fromEntries(numbers) as object), exempt: EXEMPTIONS_SCHEMA };
}

import { exemptionFor } from "./exemptions";
import { checkResource, type Finding, message, type Resource, type Rule } from "./rule";
import { tune, type Tuned, type Tuning } from "./tuning";

/** What a rule says of a resource. */
export interface Diagnostic {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  readonly urn: string;
  readonly text: string;
}

/** The prefix of what is said of a rule that nobody can decide before the deploy. */
export const UNDECIDED = "undecided before the deploy";

/** A rule under a stack's tuning, which does not disable it. */
interface Held extends Tuned {
  readonly level: Rule["level"];
}

/** Rules as a policy pack, under a stack's tuning. */
export class Pack {
  private held: readonly Held[] = [];
  /** Rules that look at resources of a type; of most types, none. */
  private readonly byType = new Map<string, readonly Held[]>();
  /** What the program asked for, by URN. */
  private readonly asked = new Map<string, Resource>();

  constructor(
    readonly name: string,
    readonly rules: readonly Rule[],
  ) {
    this.configure({});
  }

  configure(tuning: Tuning): void {
    this.byType.clear();
    this.held = this.rules.flatMap((rule) => {
      const tuned = tune(rule, tuning);
      return tuned.level === "disabled" ? [] : [{ ...tuned, level: tuned.level }];
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
    return this.held.flatMap((held) => judge(held, held.rule.stack?.(seen, held.values) ?? []));
  }

  private about(type: string): readonly Held[] {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    const held = this.held.filter(({ rule }) => rule.objects?.some(({ on }) => on.types.includes(type)));
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
 * What is said of what a rule found. What cannot be decided during a preview is an advice, whatever the rule's
 * level: an update decides it, before the resource is made.
 */
function judge({ rule, level, exempt }: Held, findings: readonly Finding[]): Diagnostic[] {
  const mine = findings.filter(({ urn }) => exemptionFor(exempt, urn) === undefined);
  const open = mine.filter(({ kind }) => kind === "undecided");
  return [
    ...mine
      .filter(({ kind }) => kind === "violated")
      .map(({ urn, found }) => ({ rule, level, urn, text: `${message(rule)} Found ${found}` })),
    ...[...new Set(open.map(({ urn }) => urn))].map((urn) => {
      const findings = open.filter((one) => one.urn === urn).map(({ found }) => found);
      return { rule, level: "advisory" as const, urn, text: `${UNDECIDED}: ${findings.join("; ")}` };
    }),
  ];
}

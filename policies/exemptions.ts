/** Resources that a rule is not held against, and why. */
export interface Exemption {
  /** Name of the resource in the program; `*` stands for any text. */
  readonly resource: string;
  /** A sentence that says why it is right. */
  readonly reason: string;
}

/** Least characters of a reason. */
export const LEAST_REASON = 20;

/** How exemptions are written in a policy pack's configuration, under the name of a policy. */
export const EXEMPTIONS_SCHEMA = {
  type: "array" as const,
  default: [],
  description: "resources that the rule is not held against, each with its reason",
  items: {
    type: "object" as const,
    properties: {
      resource: { type: "string" as const, minLength: 1 },
      reason: { type: "string" as const, minLength: LEAST_REASON },
    },
    required: ["resource", "reason"],
    additionalProperties: false,
  },
};

/** The exemption that a resource has. @param urn Pulumi's name of the resource, which ends with its name in the program */
export function exemptionFor(exemptions: readonly Exemption[], urn: string): Exemption | undefined {
  const name = urn.split("::").at(-1) ?? urn;
  return exemptions.find(({ resource }) => new RegExp(exemptionPattern(resource)).test(name));
}

/**
 * The regular expression of the names that an exemption is for, the same in JavaScript and RE2.
 * @param derived also for what controllers make of such a resource: their names begin with its name and a hyphen
 */
export function exemptionPattern(glob: string, derived = false): string {
  const parts = glob.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return `^${parts.join(".*")}${derived ? "(-.*)?" : ""}$`;
}

import { type Condition, literally, matches } from "./condition";

/**
 * Who may call what, as BuildBarn's JMESPath says it: `components/buildbarn/configuration` writes these expressions, and the
 * rules take no other.
 */

/** The parts of the farm that are called, and that a token must be meant for. */
export const SERVERS = ["browser", "frontend", "scheduler", "storage"] as const;
export type Server = (typeof SERVERS)[number];

/** The audience of tokens for a server: a token for one is worth nothing to another. */
export function audience(server: Server): string {
  return `${server}.monofarm`;
}

/** The audience of what EKS itself puts into a pod whose account has a role: for an agent on its node, and for nobody else. */
export const CLOUD_AUDIENCE = "pods.eks.amazonaws.com";

/** Files that a server checks tokens with: the public keys, and the issuer. */
export const KEYS_DIRECTORY = "/keys";
export const JWKS_FILE = `${KEYS_DIRECTORY}/jwks`;
export const ISSUER_FILE = `${KEYS_DIRECTORY}/issuer`;

/** Lets in callers that a token names so, and nobody else. */
export function only(subjects: readonly string[]): string {
  return `contains(${literal(subjects)}, authenticationMetadata.public.subject)`;
}

/** Takes tokens of the farm's issuer that are meant for a server, name one of these subjects, and end. */
export function claims(server: Server, subjects: readonly string[]): string {
  return [
    "payload.iss == files.issuer",
    "type(payload.aud) == 'array'",
    `contains(payload.aud, '${audience(server)}')`,
    "type(payload.exp) == 'number'",
    `contains(${literal(subjects)}, payload.sub)`,
  ].join(" && ");
}

/** What a server keeps of a token: the subject that `only` looks at. */
export const SUBJECT_OF_TOKEN = "{public: {subject: payload.sub}}";

/** How a document's view writes the namespace that the document is in. */
export const OWN_NAMESPACE = "@own@";

/** The expression is `only` of the service account of this name in the farm's own namespace. */
export function isOnly(path: string, name: string): Condition {
  return matches(
    path,
    written((subject) => only([subject]), account(OWN_NAMESPACE, name)),
  );
}

/** The expression is `claims` for a server and service accounts: of the farm's own namespace alone, or of any. */
export function isClaims(path: string, server: Server, from: "own" | "any"): Condition {
  const subject = account(from === "own" ? OWN_NAMESPACE : `(${OWN_NAMESPACE}|[a-z0-9-]+)`, "[a-z0-9.-]+");
  return matches(
    path,
    written((any) => claims(server, [any]), `${subject}(","${subject})*`),
  );
}

const account = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;

/** A value as JMESPath writes it. */
function literal(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

/** The pattern of an expression about a subject, for any subject of a pattern. */
function written(expression: (subject: string) => string, subject: string): string {
  const parts = expression("@subject@").split("@subject@");
  return `^${parts.map(literally).join(subject)}$`;
}

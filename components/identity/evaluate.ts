import type { PolicyDocument, Statement } from "./policy-document";

/** A call to AWS, as its policies see it. */
export interface Request {
  /** ARN of the role that calls, or the name of a service of AWS. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values; what a call does not carry is absent. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Policies that have a say in a call. */
export interface Policies {
  readonly identity?: readonly PolicyDocument[];
  readonly resource?: readonly PolicyDocument[];
}

/**
 * What AWS would say, by its documented logic for calls within one account: any matching Deny refuses, else any Allow
 * of either side is enough. It knows the condition operators of this farm's policies alone.
 * @throws Error for an operator that it does not know
 */
export function isAllowed(request: Request, { identity = [], resource = [] }: Policies): boolean {
  const byIdentity = identity.flatMap(({ Statement }) => Statement).filter((each) => applies(each, request));
  const byResource = resource
    .flatMap(({ Statement }) => Statement)
    .filter((each) => isAddressed(each, request.principal) && applies(each, request));
  const matching = [...byIdentity, ...byResource];
  return matching.every(({ Effect }) => Effect === "Allow") && matching.length > 0;
}

function applies(statement: Statement, request: Request): boolean {
  return (
    list(statement.Action).some((pattern) => matches(pattern, request.action, true)) &&
    list(statement.Resource ?? "*").some((pattern) => matches(pattern, request.resource, false)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => isMet(operator, valueOf(key, request), list(wanted))),
    )
  );
}

function isAddressed({ Principal }: Statement, principal: string): boolean {
  if (Principal === undefined) return false;
  if (Principal === "*") return true;
  return Object.values(Principal)
    .flatMap((named) => list(named))
    .some((named) => named === principal);
}

function valueOf(key: string, { principal, context = {} }: Request): string | undefined {
  if (key === "aws:PrincipalArn") return principal.startsWith("arn:") ? principal : undefined;
  if (key === "aws:PrincipalIsAWSService") return String(!principal.startsWith("arn:"));
  return context[key];
}

function isMet(operator: string, found: string | undefined, wanted: readonly string[]): boolean {
  switch (operator) {
    case "Bool":
    case "StringEquals":
      return found !== undefined && wanted.includes(found);
    case "ArnNotEquals":
      // A negated operator is met where the key is absent.
      return found === undefined || !wanted.includes(found);
    case "Null":
      return wanted.includes(String(found === undefined));
    default:
      throw new Error(`condition operator ${operator}`);
  }
}

/** `*` stands for any text, `?` for any one character. */
function matches(pattern: string, value: string, ignoreCase: boolean): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, ignoreCase ? "i" : "").test(value);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

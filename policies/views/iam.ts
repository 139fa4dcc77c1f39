import { UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import type { Resource } from "../rule";
import type { Subject, View } from "./view";

export const ROLE = "aws:iam/role:Role";
export const POLICY = "aws:iam/policy:Policy";

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

const list = (value: unknown): unknown => (value === undefined || Array.isArray(value) ? value : [value]);

/** IAM does not tell upper case from lower in the names of actions. */
const actions = (value: unknown): unknown => {
  const names = list(value);
  return Array.isArray(names)
    ? names.map((name: unknown) => (typeof name === "string" ? name.toLowerCase() : name))
    : names;
};

/**
 * A policy document: its statements, in which single values are lists of one, and actions in lower case; `$principals` is
 * everybody who is meant, and `$conditions` what else must be, as `Bool aws:SecureTransport`.
 */
export function document(text: unknown): unknown {
  if (text === UNKNOWN) return UNKNOWN;
  if (typeof text !== "string") return "no JSON";
  try {
    const { Statement = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return {
      Statement: [Statement].flat().map((statement) => ({
        ...statement,
        Action: actions(statement.Action),
        Resource: list(statement.Resource),
        $principals: principals(statement.Principal),
        $conditions: conditions(statement.Condition),
      })),
    };
  } catch {
    return "no JSON";
  }
}

function principals(principal: unknown): unknown {
  if (typeof principal !== "object" || principal === null) return list(principal);
  return Object.values(principal).flat();
}

function conditions(condition: unknown): string[] {
  if (typeof condition !== "object" || condition === null) return [];
  return Object.entries(condition).flatMap(([operator, keys]: [string, unknown]) =>
    typeof keys === "object" && keys !== null ? Object.keys(keys).map((key) => `${operator} ${key}`) : [operator],
  );
}

/** Statements of a policy document, each by itself. */
function statements(text: unknown, at: string): Subject[] {
  const whole = document(text ?? "nothing");
  if (typeof whole !== "object" || whole === null) return [{ path: at, value: whole }];
  const { Statement } = whole as { Statement: object[] };
  return Statement.map((statement, index) => ({ path: `${at}.Statement[${index}]`, value: statement }));
}

/** Items of a list of a role's own, which nobody has to use. */
function listed(props: Resource["props"], list: string, subjects: (item: unknown, at: string) => Subject[]): Subject[] {
  const value = props[list];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [{ path: list, value: value === UNKNOWN ? UNKNOWN : "no list" }];
  return value.flatMap((item: unknown, index) => subjects(item, `${list}[${index}]`));
}

/** What identities may do. */
export const IAM_STATEMENTS: View = {
  title: "IAM policies",
  types: [POLICY, ...["role", "user", "group"].map((who) => `aws:iam/${who}Policy:${capital(who)}Policy`), ROLE],
  subjects: ({ type, props }) =>
    type === ROLE
      ? listed(props, "inlinePolicies", (item, at) => statements(known(read(item, "policy")), `${at}.policy`))
      : statements(props["policy"], "policy"),
};

/** Policies that identities have by their `arn`. */
export const ATTACHED_POLICIES: View = {
  title: "attachments of IAM policies",
  types: [
    "aws:iam/policyAttachment:PolicyAttachment",
    ...["role", "user", "group"].map((who) => `aws:iam/${who}PolicyAttachment:${capital(who)}PolicyAttachment`),
    ROLE,
  ],
  subjects: ({ type, props }) =>
    type === ROLE
      ? listed(props, "managedPolicyArns", (arn, path) => [{ path, value: { arn } }])
      : [{ path: "policyArn", value: { arn: props["policyArn"] } }],
};

/** Who may use a key; a key without a policy has AWS' own, which is for its account. */
export const KEY_STATEMENTS: View = {
  title: "policies of KMS keys",
  types: ["aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy"],
  subjects: ({ props }) => (props["policy"] === undefined ? [] : statements(props["policy"], "policy")),
};

/** Who may take a role. */
export const ROLE_TRUST: View = {
  title: "IAM roles",
  types: [ROLE],
  subjects: ({ props }) => statements(props["assumeRolePolicy"], "assumeRolePolicy"),
};

function known({ kind, value }: ReturnType<typeof read>): unknown {
  return kind === "unknown" ? UNKNOWN : value;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

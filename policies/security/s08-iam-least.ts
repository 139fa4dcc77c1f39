import { absent, all, any, every, includes, is, matches, not } from "../predicates/condition";
import { rule } from "../rule";
import { workerRoleFindings } from "../stack-rules/worker-roles";
import { ATTACHED_POLICIES, IAM_STATEMENTS, ROLE_TRUST } from "../views/iam";

/** Some actions of a service, not all that begin with anything. */
const NAMED_ACTIONS = every("Action", matches("", "^[a-z0-9-]+:[a-z]{3}"));
/** Some resources of a service. */
const NAMED_RESOURCES = every("Resource", matches("", "^arn:[^:]*:[a-z0-9-]+:[^:]*:[^:]*:[^*?]"));

export const iamLeast = rule({
  id: "S08",
  name: "iam-least",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/artifacts/aws/aws-artifacts.ts",
  requires:
    'no action "*", no service\'s "*" on every resource, also not by AWS\' own policies, and no allowance by exception (NotAction, NotResource); no role that everybody may take; roles of nodes that build pull, read and write logs, and neither write buckets nor sign',
  because: "one leaked role must not be the whole farm",
  objects: [
    {
      on: IAM_STATEMENTS,
      when: is("Effect", "Allow"),
      must: all(
        absent("NotAction"),
        absent("NotResource"),
        every("Action", matches("", "^[a-z0-9-]+:.")),
        any(NAMED_ACTIONS, NAMED_RESOURCES),
      ),
    },
    { on: ATTACHED_POLICIES, must: not(matches("arn", "/([^/]*Administrator|PowerUser|[^/]*FullAccess)[^/]*$")) },
    {
      on: ROLE_TRUST,
      when: is("Effect", "Allow"),
      must: all(absent("NotPrincipal"), not(includes("$principals", "*"))),
    },
  ],
  stack: workerRoleFindings,
});

import { is, matches, present, absent, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { ROLE_TRUST } from "../views/iam";

const ISSUER = "token.actions.githubusercontent.com";

export const githubTrustTight = rule({
  id: "S10",
  name: "github-trust-tight",
  level: "mandatory",
  severity: "critical",
  slsa: "Authentic",
  key: "monofarm:github",
  requires:
    'a role that GitHub may take names audience, repository_id and environment or workflow by StringEquals, as claims or in the subject, and no "*" as subject',
  because: "any repository of anybody could take it",
  objects: [
    {
      on: ROLE_TRUST,
      when: matches("Principal.Federated", "token\\.actions\\.githubusercontent\\.com"),
      must: all(
        is(`Condition.StringEquals[${ISSUER}:aud]`, "sts.amazonaws.com"),
        any(
          all(
            present(`Condition.StringEquals[${ISSUER}:repository_id]`),
            any(
              present(`Condition.StringEquals[${ISSUER}:environment]`),
              present(`Condition.StringEquals[${ISSUER}:job_workflow_ref]`),
            ),
          ),
          // A subject that GitHub is told to make of these claims.
          matches(`Condition.StringEquals[${ISSUER}:sub]`, "^repository_id:[0-9]+:(environment|job_workflow_ref):"),
        ),
        any(absent(`Condition.StringLike[${ISSUER}:sub]`), not(is(`Condition.StringLike[${ISSUER}:sub]`, "*"))),
      ),
    },
  ],
});

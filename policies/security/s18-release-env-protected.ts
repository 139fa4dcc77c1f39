import { is, matches, present, some, all, any, unlessSet } from "../predicates/condition";
import { rule } from "../rule";
import { ENVIRONMENTS, ACTIONS_PERMISSIONS, WORKFLOW_PERMISSIONS } from "../views/github";

export const releaseEnvProtected = rule({
  id: "S18",
  name: "release-env-protected",
  level: "mandatory",
  severity: "high",
  slsa: "Authentic",
  key: "monofarm:github.administration",
  requires:
    "the environment of releases has reviewers other than the author, no bypass and a branch policy; actions are pinned by hash and chosen; tokens read",
  because: "a release needs two people",
  objects: [
    {
      on: ENVIRONMENTS,
      when: matches("environment", "release"),
      must: all(
        some("reviewers", any(some("users", present("")), some("teams", present("")))),
        is("preventSelfReview", true),
        is("canAdminsBypass", false),
        present("deploymentBranchPolicy"),
      ),
    },
    { on: ACTIONS_PERMISSIONS, must: all(is("shaPinningRequired", true), is("allowedActions", "selected")) },
    {
      on: WORKFLOW_PERMISSIONS,
      must: all(is("defaultWorkflowPermissions", "read"), unlessSet("canApprovePullRequestReviews", false)),
    },
  ],
});

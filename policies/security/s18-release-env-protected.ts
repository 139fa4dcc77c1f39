import { absent, all, any, every, is, matches, present, some, unlessSet } from "../predicates/condition";
import { rule } from "../rule";
import { ACTIONS_PERMISSIONS, DEPLOYMENT_POLICIES, ENVIRONMENTS, WORKFLOW_PERMISSIONS } from "../views/github";

export const releaseEnvProtected = rule({
  id: "S18",
  name: "release-env-protected",
  level: "mandatory",
  severity: "high",
  slsa: "Authentic",
  key: "monofarm:github.administration",
  requires:
    "the environment of releases has reviewers other than the author, no bypass and a policy that names its branches or tags; actions are pinned by hash and chosen by owner; tokens read",
  because: "a release needs two people",
  objects: [
    {
      on: ENVIRONMENTS,
      when: matches("environment", "release"),
      must: all(
        some("reviewers", any(some("users", present("")), some("teams", present("")))),
        is("preventSelfReview", true),
        is("canAdminsBypass", false),
        any(...["protectedBranches", "customBranchPolicies"].map((kind) => is(`deploymentBranchPolicy.${kind}`, true))),
      ),
    },
    {
      on: DEPLOYMENT_POLICIES,
      when: matches("environment", "release"),
      // A pattern that begins with a wildcard is every branch's, or nearly.
      must: all(
        ...["branchPattern", "tagPattern"].map((pattern) => any(absent(pattern), matches(pattern, "^[^*?\\[]"))),
      ),
    },
    {
      on: ACTIONS_PERMISSIONS,
      must: all(
        is("shaPinningRequired", true),
        is("allowedActions", "selected"),
        every("allowedActionsConfig.patternsAlloweds", matches("", "^[\\w-]+/")),
      ),
    },
    {
      on: WORKFLOW_PERMISSIONS,
      must: all(is("defaultWorkflowPermissions", "read"), unlessSet("canApprovePullRequestReviews", false)),
    },
  ],
});

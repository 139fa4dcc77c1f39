import { expect, test } from "vitest";

import { trustGithub } from "../../components/identity/policy-document";
import { judge } from "./judge";

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const RUN = {
  repositoryId: "123456",
  environment: "release",
  workflow: "monogres/monogres/.github/workflows/release.yml@refs/heads/main",
};

/** What is found in a role that is trusted so. */
const found = (document: string) =>
  judge({ role: { type: "aws:iam/role:Role", props: { assumeRolePolicy: document } } }).map(({ rule }) => rule);

test("the roles that the farm gives GitHub's workflows are tight, by the provider's name as AWS gives it", () => {
  const document = JSON.stringify(trustGithub(PROVIDER, RUN));
  expect(document).toContain("repository_id:123456:environment:release");
  expect(found(document)).toEqual([]);
});

test.each([
  ["any repository", "repository_id:123456:", "repository_id:*:"],
  [
    "a repository by its name",
    "repository_id:123456:environment:release",
    "repo:monogres/monogres:ref:refs/heads/main",
  ],
  ["another audience", '"sts.amazonaws.com"', '"sts.example"'],
])("%s is not", (_what, part, other) => {
  const document = JSON.stringify(trustGithub(PROVIDER, RUN));
  expect(document).toContain(part);
  expect(found(document.replace(part, other))).toEqual(["S10"]);
});

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

const CLAIM = "token.actions.githubusercontent.com:";

test.each([
  ["any repository", { sub: "repository_id:*:environment:release" }],
  ["a repository by its name", { sub: "repo:monogres/monogres:ref:refs/heads/main" }],
  ["another audience", { repository_id: "123456", environment: "release", aud: "sts.example" }],
])("%s is not", (_what, claims) => {
  const document = JSON.stringify(trustGithub(PROVIDER, RUN));
  const StringEquals = Object.fromEntries(
    Object.entries({ aud: "sts.amazonaws.com", ...claims }).map(([name, value]) => [`${CLAIM}${name}`, value]),
  );
  const loose = JSON.parse(document) as { Statement: { Condition: object }[] };
  for (const statement of loose.Statement) statement.Condition = { StringEquals };
  expect(found(JSON.stringify(loose))).toEqual(["S10"]);
});

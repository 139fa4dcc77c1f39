import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { checkResource } from "../../policies/rule";
import { iamLeast } from "../../policies/security/s08-iam-least";
import { workerRoleFindings } from "../../policies/stack-rules/worker-roles";
import type { Declared } from "./golden";
import { asResources } from "./judge";

const aws = (type: string, props: object, madeOf: Declared["madeOf"] = {}): Declared => ({
  type: `aws:${type}`,
  props: props as Declared["props"],
  madeOf,
});
const allow = (statement: object) => JSON.stringify({ Statement: [{ Effect: "Allow", Resource: "*", ...statement }] });

describe("what an identity may do", () => {
  test.each<[object, boolean]>([
    [{ Action: "ecr:GetAuthorizationToken" }, true],
    [{ Action: "s3:Get*" }, true],
    [{ Action: ["s3:*"], Resource: "arn:aws:s3:::releases/*" }, true],
    [{ Action: ["s3:*"], Resource: "arn:aws:s3:::*" }, false],
    [{ Action: ["s3:*"], Resource: "arn:*" }, false],
    [{ Action: ["s3:*"], Resource: ["arn:aws:s3:::releases/*", "*"] }, false],
    [{ Action: "S3:*" }, false],
    [{ Action: ["?*"] }, false],
    [{ Action: ["i*:CreateUser"] }, false],
    [{ Action: "iam:?*" }, false],
    [{ Action: "iam:c*" }, false],
    [{ NotAction: "iam:*" }, false],
    [{ Action: "s3:PutObject", Resource: undefined, NotResource: "arn:aws:s3:::a" }, false],
    [{ Effect: "Deny", NotAction: "s3:*" }, true],
  ])("%j: %s", (statement, holds) => {
    const policy = allow(statement);
    const declared = {
      policy: aws("iam/policy:Policy", { policy }),
      group: aws("iam/groupPolicy:GroupPolicy", { policy }),
      inline: aws("iam/role:Role", { assumeRolePolicy: '{"Statement":[]}', inlinePolicies: [{ policy }] }),
    };
    for (const one of asResources(declared)) expect(checkResource(iamLeast, one).length === 0, one.name).toBe(holds);
  });

  test.each<[string, boolean]>([
    ["AmazonEKSClusterPolicy", true],
    ["AdministratorAccess", false],
    ["PowerUserAccess", false],
    ["AmazonS3FullAccess", false],
    ["job-function/SystemAdministrator", false],
  ])("by AWS' own policy %s: %s", (name, holds) => {
    const policyArn = `arn:aws:iam::aws:policy/${name}`;
    const declared = {
      attachment: aws("iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn }),
      role: aws("iam/role:Role", { assumeRolePolicy: '{"Statement":[]}', managedPolicyArns: [policyArn] }),
    };
    for (const one of asResources(declared)) expect(checkResource(iamLeast, one).length === 0, one.name).toBe(holds);
  });
});

describe("a role of nodes that build", () => {
  const nodes = (nodeRoleArn: unknown, role: unknown = "worker", madeOf: Declared["madeOf"] = {}) =>
    aws("eks/nodeGroup:NodeGroup", { labels: { "farm.build/role": role }, nodeRoleArn }, madeOf);
  const named = nodes("arn:aws:iam::1:role/farm/nodes");
  const made = nodes(UNKNOWN, "worker", { nodeRoleArn: ["role"] });
  const role = (props: object = {}) => aws("iam/role:Role", { name: "nodes", ...props });
  const policy = (Action: unknown, whose: unknown = "nodes", madeOf: Declared["madeOf"] = {}) =>
    aws("iam/rolePolicy:RolePolicy", { role: whose, policy: allow({ Action }) }, madeOf);
  const attachment = (policyArn: unknown, madeOf: Declared["madeOf"] = {}) =>
    aws("iam/rolePolicyAttachment:RolePolicyAttachment", { role: "nodes", policyArn }, madeOf);
  const own = aws("iam/policy:Policy", { arn: "arn:aws:iam::1:policy/own", policy: allow({ Action: "kms:Sign" }) });

  test.each<[string, Readonly<Record<string, Declared>>, readonly string[]]>([
    ["pulls images", { named, policy: policy(["ecr:BatchGetImage", "ecr:GetAuthorizationToken"]) }, []],
    ["writes buckets", { named, policy: policy("s3:PutObject") }, ["violated policy"]],
    ["writes buckets, in other letters", { named, policy: policy("S3:P*") }, ["violated policy"]],
    ["signs", { named, policy: policy(["KMS:Sign"]) }, ["violated policy"]],
    [
      "does so by a role that is to come",
      { made, role: role(), policy: policy("kms:Sign", UNKNOWN, { role: ["role"] }) },
      ["violated policy"],
    ],
    ["is not the one that signs", { named, policy: policy("kms:Sign", "publisher") }, []],
    ["is of storage", { nodes: nodes("arn:aws:iam::1:role/nodes", "storage"), policy: policy("kms:Sign") }, []],
    [
      "may be of workers",
      { nodes: nodes("arn:aws:iam::1:role/nodes", UNKNOWN), policy: policy("kms:Sign") },
      ["undecided policy"],
    ],
    ["may be the one that signs", { named, policy: policy("kms:Sign", UNKNOWN) }, ["undecided policy"]],
    [
      "signs by itself",
      { named, role: role({ inlinePolicies: [{ policy: allow({ Action: "kms:Sign" }) }] }) },
      ["violated role"],
    ],
    [
      "has lists that AWS will fill in",
      { named, role: role({ inlinePolicies: UNKNOWN, managedPolicyArns: UNKNOWN }) },
      [],
    ],
    ["joins, by AWS' own policy", { named, one: attachment("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy") }, []],
    [
      "signs by AWS' own policy",
      { named, one: attachment("arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser") },
      ["violated one"],
    ],
    ["signs by a policy of the stack", { named, own, one: attachment("arn:aws:iam::1:policy/own") }, ["violated own"]],
    [
      "signs by one that is to come",
      { named, own, one: attachment(UNKNOWN, { policyArn: ["own"] }) },
      ["violated own"],
    ],
    ["has a policy that nobody sees", { named, one: attachment("arn:aws:iam::1:policy/other") }, ["violated one"]],
    ["has a policy that nobody knows yet", { named, one: attachment(UNKNOWN) }, ["undecided one"]],
    [
      "is one of several that a policy is attached to",
      {
        named,
        own,
        one: aws("iam/policyAttachment:PolicyAttachment", {
          roles: ["a", "nodes"],
          policyArn: "arn:aws:iam::1:policy/own",
        }),
      },
      ["violated own"],
    ],
  ])("%s", (_what, declared, expected) => {
    const found = workerRoleFindings(asResources(declared));
    expect(found.map(({ kind, urn }) => `${kind} ${urn}`)).toEqual(expected);
  });
});

import { beforeAll, describe, expect, test } from "vitest";

import { IMAGES } from "../../components/artifacts/aws/registry";
import { isAllowed } from "../../components/identity/evaluate";
import type { PolicyDocument } from "../../components/identity/policy-document";
import { ofType, type Recorded } from "../components/recorder";
import { awsValues } from "./aws-values";
import { githubValues } from "./github-values";
import { declareFarm, type Values } from "./golden";

const REPOSITORY = "arn:aws:ecr:eu-west-2:111122223333:repository/monofarm/client";
const NODE = "arn:aws:iam::111122223333:role/node";
const PUSHER = "arn:aws:aws:iam/role:Role:artifacts-pusher";
const ADMINISTRATOR = "arn:aws:iam::111122223333:role/farm-administrator";

/** Whoever may do anything, as far as its own policies go. */
const EVERYTHING: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};

describe("the registry of a farm on AWS", () => {
  let resources: Recorded[];
  const all = (type: string) => ofType(resources, type);
  const document = (type: string, name: string, key = "policy") =>
    JSON.parse((all(type).get(name)?.[key] ?? "null") as string) as PolicyDocument;
  beforeAll(async () => {
    resources = await declareFarm(githubValues());
  });

  test("has a repository for each image, whose tags never move, scanned, encrypted and hard to delete", () => {
    const repositories = resources.filter(({ type }) => type === "aws:ecr/repository:Repository");
    expect(repositories.map(({ name }) => name)).toEqual([...IMAGES]);
    for (const { inputs, options } of repositories) {
      expect(inputs).toMatchObject({
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:aws:kms/key:Key:images" }],
        forceDelete: false,
      });
      expect(options.protect).toBe(true);
    }
  });

  test("lets nothing expire that has a tag", () => {
    const policies = [...all("aws:ecr/lifecyclePolicy:LifecyclePolicy").values()];
    expect(policies).toHaveLength(IMAGES.length);
    for (const { policy } of policies) {
      const { rules } = JSON.parse(policy as string) as { rules: { selection: { tagStatus: string } }[] };
      expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(["untagged"]);
    }
  });

  test("fetches nothing from other registries by itself", () => {
    const types = resources.map(({ type }) => type);
    expect(types.filter((type) => /ecr\/(pullThroughCacheRule|replicationConfiguration)/.test(type))).toEqual([]);
  });

  test.each<[string, string, string, boolean]>([
    ["pusher", PUSHER, "ecr:PutImage", true],
    ["pusher", PUSHER, "ecr:UploadLayerPart", true],
    ["pusher", PUSHER, "ecr:BatchGetImage", true],
    ["pusher", PUSHER, "ecr:BatchDeleteImage", false],
    ["pusher", PUSHER, "ecr:PutImageTagMutability", false],
    ["pusher", PUSHER, "ecr:SetRepositoryPolicy", false],
    ["node", NODE, "ecr:BatchGetImage", true],
    ["node", NODE, "ecr:GetDownloadUrlForLayer", true],
    ["node", NODE, "ecr:PutImage", false],
    ["node", NODE, "ecr:BatchImportUpstreamImage", false],
    ["node", NODE, "ecr:CreateRepository", false],
    ["anybody", ADMINISTRATOR, "ecr:PutImage", false],
    ["anybody", ADMINISTRATOR, "ecr:BatchImportUpstreamImage", false],
    ["anybody", ADMINISTRATOR, "ecr:BatchDeleteImage", false],
    ["anybody", ADMINISTRATOR, "ecr:BatchGetImage", true],
  ])("%s: %s %s: %s", (who, principal, action, allowed) => {
    const identity = {
      pusher: () => document("aws:iam/rolePolicy:RolePolicy", "artifacts-pusher"),
      node: () => document("aws:iam/rolePolicy:RolePolicy", "platform-node"),
      anybody: () => EVERYTHING,
    }[who];
    const resource = document("aws:ecr/repositoryPolicy:RepositoryPolicy", "client");
    expect(
      isAllowed(
        { principal, action, resource: REPOSITORY },
        { identity: identity ? [identity()] : [], resource: [resource] },
      ),
    ).toBe(allowed);
  });

  test("gives the pusher no repository but the farm's", () => {
    const policy = document("aws:iam/rolePolicy:RolePolicy", "artifacts-pusher");
    const resource = REPOSITORY.replace("monofarm/client", "other");
    expect(isAllowed({ principal: PUSHER, action: "ecr:PutImage", resource }, { identity: [policy] })).toBe(false);
  });

  test("keeps nodes to policies that import nothing", () => {
    const attached = [...all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")].filter(([name]) =>
      name.startsWith("platform-node"),
    );
    expect(attached.map(([, { policyArn }]) => policyArn)).toEqual([
      "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    ]);
  });

  test("takes images from administrators where no workflow pushes them", async () => {
    const alone: Values = awsValues();
    const declared = await declareFarm(alone);
    const { policy } = ofType(declared, "aws:ecr/repositoryPolicy:RepositoryPolicy").get("client") ?? {};
    const put = (principal: string) =>
      isAllowed(
        { principal, action: "ecr:PutImage", resource: REPOSITORY },
        { identity: [EVERYTHING], resource: [JSON.parse(policy as string) as PolicyDocument] },
      );
    expect(put(ADMINISTRATOR)).toBe(true);
    expect(put(PUSHER)).toBe(false);
  });
});

import { join } from "node:path";

import * as aws from "@pulumi/aws";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { LOCKED, PURPOSES } from "../../components/artifacts/purposes";
import { isAllowed, type Policies, type Request } from "../../components/identity/evaluate";
import type { PolicyDocument } from "../../components/identity/policy-document";
import { ofType, type Recorded } from "../components/recorder";
import { awsValues } from "./aws-values";
import { declareFarm, picture } from "./golden";

/** What a reviewer wants to see of a resource. */
function settings({ type, inputs, options }: Recorded): object {
  const shown: Readonly<Record<string, readonly string[]>> = {
    "aws:ec2/vpc:Vpc": ["cidrBlock"],
    "aws:ec2/subnet:Subnet": ["cidrBlock", "availabilityZone"],
    "aws:ec2/route:Route": ["destinationCidrBlock"],
    "aws:eks/cluster:Cluster": ["version", "deletionProtection", "enabledClusterLogTypes"],
    "aws:eks/addon:Addon": ["addonVersion"],
    "aws:cloudwatch/logGroup:LogGroup": ["name", "retentionInDays"],
    "aws:eks/nodeGroup:NodeGroup": ["amiType", "capacityType", "instanceTypes", "scalingConfig", "labels", "taints"],
    "aws:s3/bucket:Bucket": ["bucket", "objectLockEnabled"],
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ["rule"],
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["namespace", "serviceAccount"],
  };
  const { protect, retainOnDelete, ignoreChanges } = options;
  return {
    ...Object.fromEntries((shown[type] ?? []).map((key) => [key, inputs[key]])),
    ...(protect === true && { protect }),
    ...(retainOnDelete === true && { retainOnDelete }),
    ...(ignoreChanges !== undefined && { ignoreChanges }),
  };
}

/** What a node reads at its start. */
interface NodeConfig {
  readonly spec: { readonly instance?: object; readonly kubelet?: { readonly config: object } };
}

const parsed = (inputs: Record<string, unknown> | undefined, key: string) =>
  JSON.parse((inputs?.[key] ?? "null") as string) as PolicyDocument;

describe("the reference farm on AWS", () => {
  let resources: Recorded[];
  const all = (type: string) => ofType(resources, type);
  const one = (type: string, name: string) => {
    const found = all(type).get(name);
    if (found === undefined) throw new Error(`no ${name} among ${[...all(type).keys()].join(", ")}`);
    return found;
  };
  beforeAll(async () => {
    resources = await declareFarm(awsValues());
  });

  test("is what the golden shows", async () => {
    await expect(picture(resources, settings)).toMatchFileSnapshot(join(__dirname, "golden", "aws.yaml"));
  });

  test("is the same where nothing of AWS is known yet, as on a first preview", async () => {
    const names = (of: readonly Recorded[]) => of.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(await declareFarm(awsValues(), true))).toEqual(names(resources));
  });

  test("gives every resource its provider and a parent", () => {
    const real = resources.filter(({ type }) => /^(aws|kubernetes):/.test(type));
    expect(real.length).toBeGreaterThan(120);
    expect(real.filter(({ provider }) => provider === "").map(({ name }) => name)).toEqual([]);
    const orphans = resources.filter(({ type, parent }) => type.startsWith("aws:") && parent === "");
    expect(orphans).toEqual([]);
  });

  test("touches no account but the one that it names", () => {
    expect(JSON.stringify([...all("pulumi:providers:aws").values()])).toContain("111122223333");
  });

  test("has no way out but to AWS' own services, and no way in", () => {
    for (const type of ["route:Route", "internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip"])
      expect([...all(`aws:ec2/${type}`).keys()]).toEqual([]);
    expect([...all("aws:ec2/routeTable:RouteTable").values()].filter(({ routes }) => routes !== undefined)).toEqual([]);
    const endpoints = [...all("aws:ec2/vpcEndpoint:VpcEndpoint").values()].map(({ serviceName }) => serviceName);
    expect(endpoints).toContain("com.amazonaws.eu-west-2.ecr.dkr");
    expect(endpoints).toContain("com.amazonaws.eu-west-2.sts");
    const groups = [...all("aws:ec2/securityGroup:SecurityGroup").values()] as {
      ingress: { cidrBlocks: string[] }[];
    }[];
    expect(groups.flatMap(({ ingress }) => ingress.flatMap(({ cidrBlocks }) => cidrBlocks))).toEqual(["10.40.0.0/16"]);
  });

  test("has a private control plane that is audited, encrypted and hard to delete", () => {
    expect(one("aws:eks/cluster:Cluster", "platform")).toMatchObject({
      deletionProtection: true,
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      encryptionConfig: { resources: ["secrets"] },
      enabledClusterLogTypes: expect.arrayContaining(["api", "audit", "authenticator"]) as string[],
    });
    const values = one("aws:eks/addon:Addon", "platform-vpc-cni")["configurationValues"] as string;
    expect(JSON.parse(values)).toEqual({ enableNetworkPolicy: "true" });
  });

  test("keeps the control plane's logs for a year and more, under a key for them alone, from its first line on", () => {
    const cluster = resources.find(({ type }) => type === "aws:eks/cluster:Cluster");
    const { name } = one("aws:cloudwatch/logGroup:LogGroup", "platform-logs");
    expect(name).toBe(`/aws/eks/${String(cluster?.inputs["name"])}/cluster`);
    const group = one("aws:cloudwatch/logGroup:LogGroup", "platform-logs");
    expect(group).toMatchObject({ retentionInDays: 400, kmsKeyId: "arn:aws:aws:kms/key:Key:platform-logs" });
    const awaited = [cluster?.options.dependsOn].flat();
    expect(awaited.filter((each) => aws.cloudwatch.LogGroup.isInstance(each))).toHaveLength(1);
    const key = parsed(one("aws:kms/key:Key", "platform-logs"), "policy");
    const used = (principal: string, action: string, arn: string) =>
      isAllowed(
        { principal, action, resource: "*", context: { "kms:EncryptionContext:aws:logs:arn": arn } },
        { resource: [key] },
      );
    const its = `arn:aws:logs:eu-west-2:111122223333:log-group:${String(name)}`;
    expect(used("logs.eu-west-2.amazonaws.com", "kms:GenerateDataKeyWithoutPlaintext", its)).toBe(true);
    expect(used("logs.eu-west-2.amazonaws.com", "kms:Decrypt", `${its}-other`)).toBe(false);
    expect(used("logs.eu-west-2.amazonaws.com", "kms:ScheduleKeyDeletion", its)).toBe(false);
    expect(used("logs.us-east-1.amazonaws.com", "kms:Decrypt", its)).toBe(false);
    expect(used("arn:aws:iam::999999999999:root", "kms:Decrypt", its)).toBe(false);
  });

  test("keeps the nodes' own credentials from pods, and their disks encrypted", () => {
    const templates = [...all("aws:ec2/launchTemplate:LaunchTemplate").values()];
    expect(templates).toHaveLength(5);
    for (const template of templates) {
      expect(template).toMatchObject({
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [{ ebs: { volumeType: "gp3", encrypted: "true" } }],
      });
    }
  });

  test("makes one disk of the instances' own where a pool asks for it, and bounds what a pod may take of every node", async () => {
    const values = awsValues();
    const platform = values["monofarm:platform"] as { pools: { instanceTypes: string[] }[] };
    const pools = platform.pools.map((pool) => ({ ...pool, nvme: pool.instanceTypes[0]?.startsWith("c8gd") }));
    const declared = await declareFarm({ ...values, "monofarm:platform": { ...platform, pools } });
    const templates = ofType(declared, "aws:ec2/launchTemplate:LaunchTemplate");
    const specs = [...templates].map(([name, { userData }]) => {
      const text = Buffer.from(userData as string, "base64").toString();
      const [, config = ""] = /application\/node\.eks\.aws\n\n([^]*)\n--\/\/--\n$/.exec(text) ?? [];
      return [name, parse(config) as NodeConfig] as const;
    });
    expect(specs.filter(([, { spec }]) => spec.instance !== undefined)).toEqual([
      [
        "platform-worker-arm64",
        expect.objectContaining({
          apiVersion: "node.eks.aws/v1alpha1",
          kind: "NodeConfig",
          spec: expect.objectContaining({ instance: { localStorage: { strategy: "RAID0" } } }) as object,
        }),
      ],
    ]);
    expect(specs.length).toBeGreaterThan(3);
    for (const [name, { spec }] of specs)
      expect(spec.kubelet?.config, name).toEqual({ podPidsLimit: 4096, volumeStatsAggPeriod: "10s" });
  });

  test("leaves the number of nodes to whatever scales them, and spot to workers", () => {
    const groups = resources.filter(({ type }) => type === "aws:eks/nodeGroup:NodeGroup");
    for (const { inputs, options } of groups) {
      const { labels, capacityType } = inputs as { labels: Record<string, string>; capacityType: string };
      expect(options.ignoreChanges).toEqual(["scalingConfig.desiredSize"]);
      expect(capacityType).toBe(labels["farm.build/role"] === "worker" ? "SPOT" : "ON_DEMAND");
    }
    expect(groups).toHaveLength(5);
  });

  test("puts workers into the subnets that have no way out, whatever others get", () => {
    const worker = one("aws:eks/nodeGroup:NodeGroup", "platform-worker-arm64");
    expect(worker["subnetIds"]).toEqual(["platform-worker-eu-west-2a-id", "platform-worker-eu-west-2b-id"]);
  });

  test("gives a role to pods of releases and to what scales the pools, and none to workers", () => {
    const associations = [...all("aws:eks/podIdentityAssociation:PodIdentityAssociation").values()];
    expect(associations.map(({ namespace, serviceAccount }) => [namespace, serviceAccount])).toEqual([
      ["kube-system", "cluster-autoscaler"],
      ["monofarm-release", "client"],
    ]);
    const types = resources.map(({ type }) => type);
    expect(types.filter((type) => /iam\/(accessKey|user)|ec2\/keyPair/.test(type))).toEqual([]);
  });

  test("gives each bucket all of its guards", () => {
    const guards = [
      "bucketVersioning:BucketVersioning",
      "bucketPublicAccessBlock:BucketPublicAccessBlock",
      "bucketOwnershipControls:BucketOwnershipControls",
      "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "bucketPolicy:BucketPolicy",
      "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    ];
    for (const guard of guards) expect([...all(`aws:s3/${guard}`).keys()].sort(), guard).toEqual([...PURPOSES].sort());
    const logged = [...all("aws:s3/bucketLogging:BucketLogging").keys()];
    expect(logged.sort()).toEqual(PURPOSES.filter((purpose) => purpose !== "logs").sort());
    for (const purpose of PURPOSES) {
      const block = one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", purpose);
      expect(block).toMatchObject({ blockPublicAcls: true, blockPublicPolicy: true });
      expect(block).toMatchObject({ ignorePublicAcls: true, restrictPublicBuckets: true });
    }
  });

  test("locks and protects what was released, and lets none of it expire", () => {
    for (const purpose of LOCKED) {
      const bucket = resources.find(({ type, name }) => type === "aws:s3/bucket:Bucket" && name === purpose);
      expect(bucket?.inputs).toMatchObject({ objectLockEnabled: true, forceDestroy: false });
      expect(bucket?.options).toMatchObject({ protect: true, retainOnDelete: true });
      const lock = one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", purpose);
      expect(lock["rule"]).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: 1825 } });
      const rules = JSON.stringify(one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", purpose));
      expect(rules).not.toMatch(/xpiration/);
    }
  });

  test("leaves what was released, what guards it and the key that reads it where a farm is destroyed", () => {
    const named = (some: typeof resources) => some.map(({ type, name }) => `${type} ${name}`);
    const kept = named(resources.filter(({ options }) => options.retainOnDelete === true));
    const ofLocked = named(
      resources.filter(({ type, name }) => type.startsWith("aws:s3/") && LOCKED.some((purpose) => purpose === name)),
    );
    expect(ofLocked.length).toBeGreaterThan(8 * LOCKED.length);
    expect(kept.sort()).toEqual([...ofLocked, "aws:kms/key:Key artifacts-objects"].sort());
  });

  test("protects every bucket, for a refused destroy takes what is not", () => {
    const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
    expect(buckets.map(({ options }) => options.protect)).toEqual(PURPOSES.map(() => true));
  });

  const ROLE = (writer: string) => `arn:aws:aws:iam/role:Role:artifacts-${writer}`;
  const policies = (writer: string, purpose: string): Policies => ({
    identity: [parsed(all("aws:iam/rolePolicy:RolePolicy").get(`artifacts-${writer}`), "policy")],
    resource: [parsed(all("aws:s3/bucketPolicy:BucketPolicy").get(purpose), "policy")],
  });
  const TLS = { "aws:SecureTransport": "true", "s3:ObjectCreationOperation": "true" };
  const ONCE = { ...TLS, "s3:if-none-match": "*" };

  test.each<[string, string, string, string, Record<string, string>, boolean]>([
    ["client", "s3:PutObject", "release", "once", ONCE, true],
    ["client", "s3:PutObject", "release", "over another", TLS, false],
    ["client", "s3:PutObject", "release", "a part", { ...TLS, "s3:ObjectCreationOperation": "false" }, true],
    ["client", "s3:PutObject", "release", "without TLS", { ...ONCE, "aws:SecureTransport": "false" }, false],
    ["client", "s3:GetObject", "matrix", "with TLS", TLS, true],
    ["client", "s3:GetObject", "matrix", "without TLS", { "aws:SecureTransport": "false" }, false],
    ["client", "s3:PutObject", "logs", "over another", TLS, true],
    ["client", "s3:PutObject", "matrix", "once", ONCE, false],
    ["client", "s3:PutObject", "provenance", "once", ONCE, false],
    ["client", "s3:GetObject", "provenance", "with TLS", TLS, false],
    ["client", "s3:DeleteObject", "release", "with TLS", TLS, false],
    ["client", "s3:DeleteObject", "logs", "no result", TLS, false],
    ["client", "s3:DeleteObjectVersion", "logs", "with TLS", TLS, false],
    ["client", "s3:DeleteObjectVersion", "release", "with TLS", TLS, false],
    ["client", "s3:PutBucketPolicy", "release", "with TLS", TLS, false],
    ["planner", "s3:PutObject", "matrix", "once", ONCE, true],
    ["planner", "s3:PutObject", "sources", "over another", TLS, false],
    ["planner", "s3:PutObject", "release", "once", ONCE, false],
    ["planner", "s3:GetObject", "logs", "with TLS", TLS, true],
    ["publisher", "s3:PutObject", "provenance", "once", ONCE, true],
    ["publisher", "s3:PutObject", "provenance", "over another", TLS, false],
    ["publisher", "s3:PutObject", "repo", "over another", TLS, true],
    ["publisher", "s3:GetObject", "repo", "to compare", TLS, true],
    ["publisher", "s3:GetObject", "logs", "with TLS", TLS, true],
    ["publisher", "s3:PutObject", "logs", "with TLS", TLS, false],
    ["publisher", "s3:DeleteObject", "repo", "with TLS", TLS, false],
    ["publisher", "s3:PutObject", "release", "once", ONCE, false],
    ["publisher", "s3:GetObject", "release", "with TLS", TLS, true],
    ["publisher", "s3:BypassGovernanceRetention", "provenance", "with TLS", TLS, false],
  ])("%s: %s of %s, %s", (writer, action, purpose, _, context, allowed) => {
    const resource = `arn:aws:s3:::example-farm-${purpose}/sha256/ab`;
    const request: Request = { principal: ROLE(writer), action, resource, context };
    expect(isAllowed(request, policies(writer, purpose))).toBe(allowed);
  });

  test.each<[string, string, boolean]>([
    ["s3:DeleteObject", "0123456789ab/all-amd64/00000/result.json", true],
    ["s3:DeleteObject", "0123456789ab/all-amd64/00000/log.txt", false],
    ["s3:PutObject", "0123456789ab/all-amd64/00000/log.txt", true],
    ["s3:DeleteObject", "access/release/2026-11-25-00-00-00-0123456789ABCDEF", false],
    ["s3:DeleteObject", "access/release/result.json", false],
    ["s3:PutObject", "access/release/2026-11-25-00-00-00-0123456789ABCDEF", false],
  ])("client: %s of logs/%s", (action, key, allowed) => {
    const resource = `arn:aws:s3:::example-farm-logs/${key}`;
    const request: Request = { principal: ROLE("client"), action, resource, context: TLS };
    expect(isAllowed(request, policies("client", "logs"))).toBe(allowed);
  });

  test("an administrator of the account adds nothing, though every action were allowed", () => {
    const everything: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    };
    const principal = "arn:aws:iam::111122223333:role/administrator";
    for (const purpose of PURPOSES) {
      const resource = `arn:aws:s3:::example-farm-${purpose}/x`;
      const both = { ...policies("client", purpose), identity: [everything] };
      expect(isAllowed({ principal, action: "s3:PutObject", resource, context: ONCE }, both), purpose).toBe(false);
      expect(isAllowed({ principal, action: "s3:DeleteObjectVersion", resource, context: TLS }, both)).toBe(false);
      expect(isAllowed({ principal, action: "s3:GetObject", resource, context: TLS }, both)).toBe(true);
    }
  });

  test("access logs come from this account's buckets alone", () => {
    const deliver = (account: string) =>
      isAllowed(
        {
          principal: "logging.s3.amazonaws.com",
          action: "s3:PutObject",
          resource: "arn:aws:s3:::example-farm-logs/access/release/1",
          context: { ...TLS, "aws:SourceAccount": account },
        },
        { resource: policies("client", "logs").resource ?? [] },
      );
    expect(deliver("111122223333")).toBe(true);
    expect(deliver("999999999999")).toBe(false);
  });

  describe("roles for GitHub's workflows", () => {
    const workflow = "monogres/monogres/.github/workflows/release.yml@refs/heads/main";
    const sub = (id: string, environment: string, flow = workflow) =>
      `repository_id:${id}:environment:${environment}:job_workflow_ref:${flow}`;
    const take = (role: string, subject: string, changed: Record<string, string> = {}) => {
      const trust = parsed(one("aws:iam/role:Role", `artifacts-${role}`), "assumeRolePolicy");
      const part = (from: RegExp) => from.exec(subject)?.[1] ?? "";
      const claims = {
        aud: "sts.amazonaws.com",
        sub: subject,
        repository_id: part(/^repository_id:(\d+)/),
        environment: part(/:environment:(\w+)/),
        job_workflow_ref: part(/:job_workflow_ref:(.+)$/),
        ...changed,
      };
      const context = Object.fromEntries(
        Object.entries(claims).map(([name, value]) => [`token.actions.githubusercontent.com:${name}`, value]),
      );
      const principal = "arn:aws:aws:iam/openIdConnectProvider:OpenIdConnectProvider:artifacts-github";
      return isAllowed(
        { principal, action: "sts:AssumeRoleWithWebIdentity", resource: "*", context },
        { resource: [trust] },
      );
    };

    test.each([
      ["publisher", sub("123456", "release"), true],
      ["publisher", sub("123457", "release"), false],
      ["publisher", sub("123456", "build"), false],
      ["publisher", sub("123456", "release", "other/repository/.github/workflows/release.yml@refs/heads/main"), false],
      ["publisher", sub("123456", "release", workflow.replace("main", "feature")), false],
      ["planner", sub("123456", "build"), true],
      ["planner", sub("123456", "release"), false],
    ])("%s by %s: %s", (role, subject, allowed) => {
      expect(take(role, subject)).toBe(allowed);
    });

    test("are not taken with a token for somebody else", () => {
      expect(take("publisher", sub("123456", "release"), { aud: "https://github.com/monogres" })).toBe(false);
    });

    test.each([
      ["repository_id", "123457"],
      ["environment", "build"],
      ["job_workflow_ref", "other/repository/.github/workflows/release.yml@refs/heads/main"],
    ])(
      "are not taken where the claim %s is another's, whatever subject the repository gives its tokens",
      (claim, value) => {
        expect(take("publisher", sub("123456", "release"), { [claim]: value })).toBe(false);
      },
    );
  });
});

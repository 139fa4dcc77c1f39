import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { isAllowed } from "../../components/identity/evaluate";
import type { PolicyDocument } from "../../components/identity/policy-document";
import { runsOn } from "../../components/runners/scale-set";
import { githubSlice } from "../../stacks/config/github";
import { ofType, type Recorded } from "../components/recorder";
import { githubValues } from "./github-values";
import { declareFarm } from "./golden";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly "runs-on": string;
        readonly environment: string;
        readonly needs?: string;
        readonly outputs?: object;
        readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
        readonly "timeout-minutes": number;
        readonly permissions: object;
        readonly steps: readonly Step[];
      }
    >
  >;
}

const FILE = "release.yml";
const TEXT = readFileSync(join(__dirname, "..", "..", "examples", "github", FILE), "utf8");

describe("the ready workflow that releases", () => {
  const workflow = parse(TEXT) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);
  let resources: Recorded[];
  beforeAll(async () => {
    resources = await declareFarm(githubValues());
  });

  test("uses actions by their hashes, of those alone that the repository allows", () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toHaveLength(2 * jobs.length);
    const { administration, ...rest } = githubValues()["monofarm:github"] as Record<string, unknown>;
    const { app, reviewers } = administration as Record<string, unknown>;
    const actions = githubSlice.parse({ ...rest, administration: { app, reviewers } })?.administration?.actions ?? [];
    for (const use of used) {
      expect(use).toMatch(/@[0-9a-f]{40}$/);
      expect(actions).toContain(`${use.split("@")[0] ?? ""}@*`);
    }
  });

  test("has no permission but to read the repository and to prove which run it is", () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of jobs) expect(permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(TEXT).not.toMatch(/secrets\./);
  });

  test("builds, then publishes in the environment that has reviewers", () => {
    expect(Object.entries(workflow.jobs).map(([name, { environment, needs }]) => [name, environment, needs])).toEqual([
      ["build", "build", undefined],
      ["publish", "release", "build"],
    ]);
    const reviewed = [...ofType(resources, "github:index/repositoryEnvironment:RepositoryEnvironment").values()]
      .filter(({ reviewers, preventSelfReview }) => reviewers !== undefined && preventSelfReview === true)
      .map(({ environment }) => environment);
    expect(reviewed).toEqual(["release"]);
  });

  test("publishes what the first job built: the same words of the same commit", () => {
    const words = steps.flatMap(
      ({ run = "" }) => /\.\/farm (\w+) (farm\.json "\$\{targets\[@\]\}" --arch "\$ARCHITECTURES")/.exec(run) ?? [],
    );
    expect([words[1], words[4]]).toEqual(["submit", "publish"]);
    expect(words[2]).toBe(words[5]);
  });

  test("publishes what the first job saw built, by the digest at the end of what it printed", () => {
    expect(workflow.jobs["build"]?.outputs).toEqual({ digest: "${{ steps.submit.outputs.digest }}" });
    const { run: submit = "" } = workflow.jobs["build"]?.steps.find(({ id }) => id === "submit") ?? {};
    const folder = mkdtempSync(join(tmpdir(), "monofarm-workflow-"));
    const build = (last: string, code: number) => {
      writeFileSync(join(folder, "farm"), `#!/bin/sh\necho table; echo '${last}'; exit ${code}\n`, { mode: 0o755 });
      const env = { ...process.env, GITHUB_OUTPUT: "output", FARM: "{}", TARGETS: "", ARCHITECTURES: "arm64" };
      return spawnSync("bash", ["-e", "-c", submit], { cwd: folder, env }).status;
    };
    const digest = "a".repeat(64);
    try {
      expect(build(`Release 0123456789ab: 1 targets; digest ${digest}`, 1)).toBe(1);
      expect(build(`Release 0123456789ab: 1 targets; digest ${digest}`, 0)).toBe(0);
      expect(readFileSync(join(folder, "output"), "utf8")).toBe(`digest=${digest}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const publish = workflow.jobs["publish"]?.steps.at(-1);
    expect(publish?.env?.["DIGEST"]).toBe("${{ needs.build.outputs.digest }}");
    expect(publish?.run).toContain('--expect "$DIGEST"');
  });

  test("builds one release at a time to its end, and not for ever; whoever waits for a reviewer holds nobody up", () => {
    expect(workflow.jobs["build"]?.concurrency).toEqual({ group: "release", "cancel-in-progress": false });
    expect(workflow.jobs["publish"]?.concurrency).toBeUndefined();
    expect(workflow).not.toHaveProperty("concurrency");
    for (const job of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(720);
  });

  test("runs where the farm's runners are", () => {
    for (const job of jobs) expect(job["runs-on"]).toBe(runsOn("arm64"));
    const sets = ofType(resources, "kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet");
    expect([...sets.keys()]).toContain(runsOn("arm64"));
  });

  test("puts nothing that somebody types into a script", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("reads no variable but those that the farm sets in the environment of the job", () => {
    const set = [...ofType(resources, "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable").values()];
    for (const job of jobs) {
      const here = set.filter(({ environment }) => environment === job.environment).map((one) => one["variableName"]);
      const read = [...JSON.stringify(job).matchAll(/vars\.(\w+)/g)].map(([, name]) => name);
      expect(read.length).toBeGreaterThan(2);
      for (const name of read) expect(here).toContain(name);
    }
  });

  test.each([
    ["build", "planner", true],
    ["build", "publisher", false],
    ["build", "pusher", false],
    ["publish", "planner", false],
    ["publish", "publisher", true],
    ["publish", "pusher", false],
  ])("its job %s may take the role of the %s: %s", (job, role, allowed) => {
    const { assumeRolePolicy } = ofType(resources, "aws:iam/role:Role").get(`artifacts-${role}`) ?? {};
    const environment = workflow.jobs[job]?.environment ?? "";
    const claims = {
      repository_id: "123456",
      environment,
      job_workflow_ref: `monogres/monogres/.github/workflows/${FILE}@refs/heads/main`,
    };
    const sub = Object.entries(claims)
      .map(([claim, value]) => `${claim}:${value}`)
      .join(":");
    const context = Object.fromEntries(
      Object.entries({ ...claims, sub, aud: "sts.amazonaws.com" }).map(([claim, value]) => [
        `token.actions.githubusercontent.com:${claim}`,
        value,
      ]),
    );
    const principal = "arn:aws:aws:iam/openIdConnectProvider:OpenIdConnectProvider:artifacts-github";
    const request = { principal, action: "sts:AssumeRoleWithWebIdentity", resource: "*", context };
    const trust = JSON.parse(assumeRolePolicy as string) as PolicyDocument;
    expect(isAllowed(request, { resource: [trust] })).toBe(allowed);
  });

  test("keeps its role for no longer than the role allows", () => {
    const seconds = steps.flatMap((step) => step.with?.["role-duration-seconds"] ?? []);
    const longest = (role: string) => ofType(resources, "aws:iam/role:Role").get(role)?.["maxSessionDuration"];
    expect(seconds).toEqual([longest("artifacts-planner"), longest("artifacts-publisher")]);
  });

  test.each<[string, string, boolean]>([
    ["s3:GetObject", "example-release-state/.pulumi/stacks/monofarm/release.json", true],
    ["s3:DeleteObject", "example-release-state/.pulumi/locks/organization/monofarm/release/1.json", true],
    ["s3:PutObject", "example-release-state/else", false],
    ["s3:GetObject", "example-pulumi-state/.pulumi/stacks/monofarm/aws.json", false],
    ["s3:PutBucketPolicy", "example-release-state", false],
  ])("%s of its state, %s: %s", (action, object, allowed) => {
    const { policy } = ofType(resources, "aws:iam/rolePolicy:RolePolicy").get("artifacts-planner") ?? {};
    const identity = [JSON.parse(policy as string) as PolicyDocument];
    const request = { principal: "arn:aws:iam::1:role/planner", action, resource: `arn:aws:s3:::${object}` };
    expect(isAllowed(request, { identity })).toBe(allowed);
  });

  test("enters the cluster to edit releases' namespace, and to make it", () => {
    const [association] = [...ofType(resources, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation")].filter(
      ([name]) => name === "monofarm-planner",
    );
    expect(association?.[1]).toMatchObject({
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
      accessScope: { type: "namespace", namespaces: ["monofarm-release"] },
    });
    const role = (kind: string) =>
      ofType(resources, `kubernetes:rbac.authorization.k8s.io/v1:${kind}`).get("monofarm-planner");
    const rules = role("ClusterRole")?.["rules"] as {
      resources: string[];
      resourceNames?: string[];
      verbs: string[];
    }[];
    expect(rules.flatMap((rule) => rule.resources)).toEqual(["namespaces", "namespaces"]);
    expect(rules.find(({ resourceNames }) => resourceNames === undefined)?.verbs).toEqual(["create"]);
    expect(role("Role")).toBeUndefined();
  });

  test("tells what a release asks of the farm, and nothing secret", () => {
    const variables = ofType(resources, "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable");
    const [planner, publisher] = ["build", "release"].map((name) => variables.get(`${name}-MONOFARM_FARM`));
    const value = planner?.["value"];
    expect(value).toBe(publisher?.["value"]);
    const facts = JSON.parse(value as string) as { s3: { buckets: object }; pools: object[] };
    expect(facts.s3.buckets).toMatchObject({ matrix: "example-farm-matrix" });
    expect(facts.pools).toHaveLength(4);
    expect(value).not.toMatch(/PRIVATE KEY|credentials"/);
  });
});

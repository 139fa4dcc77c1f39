import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { beforeAll, describe, expect, test } from "vitest";

import { CONTROLLER_VERSION, imageValues } from "../../components/runners/controller";
import { asTexts } from "../../local/stack/stack-file";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { ofType, type Recorded } from "../components/recorder";
import { judge } from "../policies/judge";
import { EXAMPLE_KEY, githubValues } from "./github-values";
import { declareFarm, picture, type Values } from "./golden";
import { kubernetesValues } from "./kubernetes-values";

const SETS = "kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet";

interface Set {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly minRunners: number;
    readonly maxRunners: number;
    readonly runnerGroup: string;
    readonly template: {
      readonly metadata: { readonly annotations: Record<string, string> };
      readonly spec: {
        readonly nodeSelector: object;
        readonly automountServiceAccountToken: boolean;
        readonly containers: { readonly image: string; readonly securityContext: object }[];
      };
    };
  };
}

/** Shows a reviewer what runs and who may use it. */
function settings({ type, inputs, options }: Recorded): object {
  const shown: Readonly<Record<string, readonly string[]>> = {
    "github:index/actionsRunnerGroup:ActionsRunnerGroup": [
      "visibility",
      "selectedRepositoryIds",
      "allowsPublicRepositories",
      "restrictedToWorkflows",
      "selectedWorkflows",
    ],
    "github:index/repositoryEnvironment:RepositoryEnvironment": ["reviewers", "preventSelfReview", "canAdminsBypass"],
    "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": ["branchPattern"],
    "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions": [
      "allowedActions",
      "allowedActionsConfig",
      "shaPinningRequired",
    ],
    "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions": ["defaultWorkflowPermissions"],
    "github:index/actionsRepositoryOidcSubjectClaimCustomizationTemplate:ActionsRepositoryOidcSubjectClaimCustomizationTemplate":
      ["includeClaimKeys"],
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": ["environment", "value"],
    "kubernetes:helm.sh/v3:Release": ["chart", "namespace", "values"],
    [SETS]: ["spec"],
  };
  return {
    ...Object.fromEntries((shown[type] ?? []).map((key) => [key, inputs[key]])),
    ...(options.replaceOnChanges !== undefined && { replaceOnChanges: options.replaceOnChanges }),
  };
}

describe("GitHub's side of a farm on AWS", () => {
  let resources: Recorded[];
  const all = (type: string) => ofType(resources, type);
  beforeAll(async () => {
    resources = await declareFarm(githubValues());
  });
  const mine = () => resources.filter(({ parent }) => parent === "github" || parent === "runners");
  const sets = () => [...all(SETS).values()] as unknown as Set[];

  test("is what the golden shows", async () => {
    const roots = resources.filter(({ name, type }) => /^monofarm:runners:/.test(type) && name !== "");
    await expect(picture([...roots, ...mine()], settings)).toMatchFileSnapshot(
      join(__dirname, "golden", "github.yaml"),
    );
  });

  test("is the same on a first preview, where nothing of cluster, roles and group is known", async () => {
    const names = (of: readonly Recorded[]) =>
      of.filter(({ parent }) => parent === "github" || parent === "runners").map(({ type, name }) => `${type} ${name}`);
    expect(names(await declareFarm(githubValues(), true)).sort()).toEqual(names(resources).sort());
    expect(mine().length).toBeGreaterThan(20);
  });

  test("gives every resource its provider: GitHub's as an App, never by a personal token", () => {
    expect(mine().filter(({ provider, type }) => provider === "" && !type.startsWith("pulumi:"))).toEqual([]);
    const [provider] = [...all("pulumi:providers:github").values()];
    expect(provider).toMatchObject({ owner: "monogres" });
    const appAuth = JSON.stringify(provider?.["appAuth"]);
    expect(appAuth).toContain("900001");
    expect(appAuth).toContain(specialSecretSig);
    expect(provider).not.toHaveProperty("token");
  });

  test("keeps both Apps apart, and the key of the one that administers out of the cluster", () => {
    const secret = all("kubernetes:core/v1:Secret").get("github-app");
    expect(secret?.["stringData"]).toEqual({
      [specialSigKey]: specialSecretSig,
      value: { github_app_id: "1002", github_app_installation_id: "2002", github_app_private_key: EXAMPLE_KEY },
    });
    const inCluster = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(JSON.stringify(inCluster.map(({ inputs }) => inputs))).not.toContain("900001");
  });

  test("installs the controller's chart by digest, with its image by digest, into a namespace that it watches alone", () => {
    const release = all("kubernetes:helm.sh/v3:Release").get("runner-controller");
    expect(release?.["chart"]).toMatch(/^oci:\/\/ghcr\.io\/actions\/.*@sha256:[0-9a-f]{64}$/);
    expect(release).toMatchObject({
      namespace: "monofarm-runner-controller",
      values: {
        image: { repository: "registry.example/e", tag: `${CONTROLLER_VERSION}@sha256:${"e".repeat(64)}` },
        flags: { watchSingleNamespace: "monofarm-runners" },
        serviceAccount: { create: true, name: "runner-controller" },
      },
    });
  });

  test.each([
    ["ghcr.io/a/b@sha256:1", "ghcr.io/a/b"],
    ["ghcr.io/a/b:v1@sha256:1", "ghcr.io/a/b"],
    ["localhost:5000/b@sha256:1", "localhost:5000/b"],
  ])("gives the chart the image %s in the two parts that it joins by a colon", (image, repository) => {
    expect(imageValues(image)).toEqual({ repository, tag: `${CONTROLLER_VERSION}@sha256:1` });
  });

  test("has a set of each architecture that the controller will not delete, made anew when its version changes", () => {
    expect([...all(SETS).keys()]).toEqual(["monofarm-arm64", "monofarm-amd64"]);
    for (const set of sets()) expect(set.metadata.labels["app.kubernetes.io/version"]).toBe(CONTROLLER_VERSION);
    const declared = resources.filter(({ type }) => type === SETS);
    for (const { options } of declared)
      expect(options).toMatchObject({ replaceOnChanges: ["metadata.labels"], deleteBeforeReplace: true });
  });

  test("lets the controller outlive the sets, with its rights, its key and the network that it needs", () => {
    const declared = resources.filter(({ type }) => type === SETS);
    expect(declared).toHaveLength(2);
    for (const { options } of declared) {
      const awaited = [options.dependsOn].flat() as pulumi.Resource[];
      const types = awaited.map((each) => (each as unknown as { __pulumiType: string }).__pulumiType);
      for (const type of [
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "kubernetes:core/v1:Secret",
        "kubernetes:core/v1:ServiceAccount",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      ])
        expect(types).toContain(type);
    }
  });

  test("runs jobs on nodes that stay, from none to the maximum, without a way into the cluster", () => {
    const groups = [...all("aws:eks/nodeGroup:NodeGroup").values()] as {
      capacityType: string;
      labels: Record<string, string>;
    }[];
    const clients = groups.filter(({ labels }) => labels["farm.build/role"] === "client");
    expect(clients.map(({ capacityType }) => capacityType)).toEqual(["ON_DEMAND", "ON_DEMAND"]);
    const [arm64] = sets();
    expect(arm64?.spec).toMatchObject({ minRunners: 0, maxRunners: 4, runnerGroup: "monofarm" });
    const pod = arm64?.spec.template.spec;
    expect(pod?.nodeSelector).toEqual({ "kubernetes.io/arch": "arm64", "farm.build/role": "client" });
    expect(pod?.automountServiceAccountToken).toBe(false);
    expect(arm64?.spec.template.metadata.annotations).toMatchObject({
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    });
    expect(JSON.stringify(pod)).not.toMatch(/privileged|docker|hostPath/);
  });

  test("opens no port of a runner, and for a runner none but names and TLS", () => {
    const policies = all("kubernetes:networking.k8s.io/v1:NetworkPolicy");
    for (const prefix of ["runners", "runner-controller"]) {
      expect(policies.get(`${prefix}-default-deny`)).toMatchObject({ spec: { podSelector: {} } });
      const { spec } = policies.get(`${prefix}-outbound`) as {
        spec: { policyTypes: string[]; egress: { ports: { port: number }[] }[] };
      };
      expect(spec.policyTypes).toEqual(["Egress"]);
      expect(spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port)).sort()).toEqual([443, 53, 53, 6443]);
    }
  });

  test("tells each environment its own role", () => {
    const variables = [...all("github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable").values()];
    const roles = variables.filter(({ variableName }) => variableName === "MONOFARM_ROLE");
    expect(roles.map(({ environment, value }) => [environment, value]).sort()).toEqual([
      ["build", "arn:aws:aws:iam/role:Role:artifacts-planner"],
      ["images", "arn:aws:aws:iam/role:Role:artifacts-pusher"],
      ["release", "arn:aws:aws:iam/role:Role:artifacts-publisher"],
    ]);
  });

  test("has no variable that whoever may write to the repository could change", () => {
    const told = [...all("github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable").keys()];
    expect(told.filter((name) => !name.endsWith("MONOFARM_ROLE")).sort()).toEqual([
      "build-MONOFARM_FARM",
      "build-MONOFARM_REGION",
      "build-MONOFARM_STATE",
      "images-MONOFARM_REGION",
      "release-MONOFARM_FARM",
      "release-MONOFARM_REGION",
    ]);
    expect(all("github:index/actionsVariable:ActionsVariable").size).toBe(0);
  });

  test("breaks no rule of the packs, which see the sets' pods and the repository", () => {
    const declared = Object.fromEntries(
      mine().map(({ type, name, inputs }) => [`${type} ${name}`, { type, props: inputs }]),
    );
    const pods = Object.keys(declared).filter((key) => key.startsWith(SETS));
    expect(pods).toHaveLength(2);
    expect(judge(declared).map(({ rule, finding }) => `${rule} ${finding.urn}: ${finding.found}`)).toEqual([]);
  });
});

describe("a farm without GitHub", () => {
  test("declares nothing of it", async () => {
    const resources = await declareFarm(kubernetesValues());
    expect(resources.filter(({ type }) => /github|runners|helm/.test(type))).toEqual([]);
  });

  test("on any cluster may have it all the same", async () => {
    const { ["monofarm:github"]: github, ["monofarm:runners"]: runners } = githubValues();
    const [arm64] = (runners as { sets: object[] }).sets;
    const values = { ...kubernetesValues(), "monofarm:github": github };
    const only = {
      ...values,
      "monofarm:runners": { ...(runners as Values), sets: [{ ...arm64, architecture: "amd64" }] },
    };
    const resources = await declareFarm(only);
    expect([...ofType(resources, SETS).keys()]).toEqual(["monofarm-amd64"]);
    const variables = ofType(resources, "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable");
    expect(variables.get("build-MONOFARM_REGION")).toMatchObject({ value: "home" });
    // Its kubeconfig may hold keys, and its store has some.
    expect([...variables.keys()].filter((name) => name.endsWith("MONOFARM_FARM"))).toEqual([]);
  });
});

describe("the configuration of GitHub's side", () => {
  const check = (change: (values: Values) => void) => () => {
    const values = structuredClone(githubValues());
    change(values);
    return checkConfig(FARM_SLICES, asTexts(values), "stacks/Pulumi.aws.yaml", crossCheckFarm);
  };
  const of = (values: Values, key: string) => values[`monofarm:${key}`] as Record<string, Record<string, unknown>>;

  test("is right as the example has it", () => {
    expect(check(() => undefined)).not.toThrow();
  });

  test.each<[string, (values: Values) => void, RegExp]>([
    [
      "workflows of two repositories",
      (values) =>
        Object.assign(of(values, "github")["publisher"] ?? {}, {
          workflow: "o/r/.github/workflows/r.yml@refs/heads/m",
        }),
      /monofarm:github\.publisher\.workflow: found .*; allowed: a workflow of monogres\/monogres/,
    ],
    [
      "one environment for both runs",
      (values) => Object.assign(of(values, "github")["publisher"] ?? {}, { environment: "build" }),
      /monofarm:github\.publisher\.environment: found "build"; allowed: another than the planner's/,
    ],
    [
      "no reviewers",
      (values) => Object.assign(of(values, "github")["administration"] ?? {}, { reviewers: { users: [], teams: [] } }),
      /monofarm:github\.administration\.reviewers: found .*; allowed: one to six numeric ids/,
    ],
    [
      "seven reviewers",
      (values) =>
        Object.assign(of(values, "github")["administration"] ?? {}, {
          reviewers: { users: [1, 2, 3, 4], teams: [5, 6, 7] },
        }),
      /monofarm:github\.administration\.reviewers: found .*; allowed: one to six numeric ids/,
    ],
    [
      "a personal token for a key",
      (values) => Object.assign(of(values, "runners")["app"] ?? {}, { privateKey: "ghp_example" }),
      /monofarm:runners\.app\.privateKey: found .*; allowed: the App's private key, a PEM/,
    ],
    [
      "runners without a group",
      (values) => delete of(values, "github")["administration"],
      /monofarm:github\.administration: found nothing; allowed: an App: it makes the group that monofarm:runners are in/,
    ],
    [
      "runners without a way to GitHub",
      (values) => Object.assign(of(values, "platform"), { nat: false }),
      /monofarm:platform\.nat: found false; allowed: true: monofarm:runners reach GitHub/,
    ],
    [
      "runners without nodes",
      (values) => {
        const platform = of(values, "platform") as unknown as { pools: { role: string; architecture: string }[] };
        platform.pools = platform.pools.filter((pool) => pool.role !== "client" || pool.architecture !== "amd64");
      },
      /monofarm:runners\.sets\.1\.architecture: found "amd64"; allowed: what monofarm:platform\.pools has a pool of role client/,
    ],
    [
      "two sets of an architecture",
      (values) => {
        const runners = of(values, "runners") as unknown as { sets: { architecture: string }[] };
        for (const set of runners.sets) set.architecture = "arm64";
      },
      /monofarm:runners\.sets\.1\.architecture: found "arm64"; allowed: one set an architecture/,
    ],
    [
      "a runner by tag",
      (values) => Object.assign(of(values, "runners")["images"] ?? {}, { runner: "ghcr.io/actions/actions-runner:2" }),
      /monofarm:runners\.images\.runner: found .*; allowed: an image by digest/,
    ],
  ])("with %s is refused", (_, change, line) => {
    expect(check(change)).toThrow(line);
  });
});

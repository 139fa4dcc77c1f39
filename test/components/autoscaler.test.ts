import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { queueLengths } from "../../components/buildbarn/autoscale/settings";
import { type FollowingPool, wantedWorkers } from "../../components/buildbarn/autoscale/wanted";
import { platformProperties } from "../../components/buildbarn/platform-properties";
import { RECORDINGS } from "../../components/observability/rules";
import { awsValues } from "../stacks/aws-values";
import { declareFarm } from "../stacks/golden";
import { kubernetesValues } from "../stacks/kubernetes-values";
import { ofType, type Recorded } from "./recorder";

const IMAGE = `worker@sha256:${"a".repeat(64)}`;
const narrow = platformProperties("amd64", "narrow", IMAGE);
const wide = platformProperties("amd64", "wide", IMAGE);
const POOLS: readonly FollowingPool[] = [
  { deployment: "narrow", platform: narrow, minimum: 0, maximum: 98 },
  { deployment: "wide", platform: wide, minimum: 1, maximum: 14 },
];

/** The label as BuildBarn writes it: JSON with spaces that differ from build to build. */
const label = (properties: typeof narrow, space = "") => JSON.stringify({ properties }).replaceAll('":', `":${space}`);

describe("workers that follow their queue", () => {
  test.each<[string, number, number]>([
    ["none where nothing is to do", 0, 0],
    ["one for each action that waits or runs", 7, 7],
    ["one more where a mean says less than a whole", 6.2, 7],
    ["the most that there may be", 5000, 98],
    ["none where a scheduler that has just started counts below nothing", -3, 0],
  ])("are %s", (_, actions, workers) => {
    const wanted = wantedWorkers(POOLS, [{ platform: label(narrow), actions }]);
    expect([...wanted]).toEqual([["narrow", workers]]);
  });

  test("are the least where nothing is to do, of each pool by its own queue, however its label is written", () => {
    const queues = [
      { platform: label(wide, "  "), actions: 0 },
      { platform: label(narrow, " "), actions: 3 },
      { platform: label(platformProperties("arm64", "narrow", IMAGE)), actions: 50 },
    ];
    expect([...wantedWorkers(POOLS, queues)]).toEqual([
      ["narrow", 3],
      ["wide", 1],
    ]);
  });

  test.each([NaN, Infinity])("stay as they are where a queue's length is %d, or nobody tells it", (actions) => {
    expect([...wantedWorkers(POOLS, [{ platform: label(narrow), actions }])]).toEqual([]);
    expect([...wantedWorkers(POOLS, [])]).toEqual([]);
  });

  test("are within their bounds whatever is counted, and never fewer for more actions", () => {
    const lengths = fc.tuple(fc.integer({ min: -10, max: 10_000 }), fc.nat(1000));
    fc.assert(
      fc.property(lengths, ([actions, more]) => {
        const of = (each: number) => wantedWorkers(POOLS, [{ platform: label(wide), actions: each }]).get("wide") ?? -1;
        expect(of(actions)).toBeGreaterThanOrEqual(1);
        expect(of(actions)).toBeLessThanOrEqual(14);
        expect(of(actions + more)).toBeGreaterThanOrEqual(of(actions));
      }),
    );
  });

  test("are asked for by what the rules record, over the time that workers may idle", () => {
    const query = queueLengths(600);
    const names = RECORDINGS.map(({ record }) => record);
    const used = query.match(/platform:\w+:\w+/g) ?? [];
    expect(used).toHaveLength(2);
    for (const name of used) expect(names).toContain(name);
    expect(query).toMatch(/^max_over_time\(.*\[600s:15s\]\)$/);
  });
});

describe("the autoscaler of a farm whose pools have bounds", () => {
  let resources: Recorded[];
  beforeAll(async () => {
    resources = await declareFarm(awsValues());
  });
  const of = (kind: string, name: string) => ofType(resources, `kubernetes:${kind}`).get(name);
  const DEPLOYMENTS = ["arm64", "amd64"].flatMap((each) => [`worker-${each}-narrow`, `worker-${each}-wide`]);

  test("may set how many pods those Deployments have, and do nothing else", () => {
    expect(of("rbac.authorization.k8s.io/v1:Role", "autoscaler")?.["rules"]).toEqual([
      {
        apiGroups: ["apps"],
        resources: ["deployments/scale"],
        resourceNames: DEPLOYMENTS,
        verbs: ["get", "patch"],
      },
    ]);
    expect(of("rbac.authorization.k8s.io/v1:RoleBinding", "autoscaler")).toMatchObject({
      roleRef: { kind: "Role", name: "autoscaler" },
      subjects: [{ kind: "ServiceAccount", name: "autoscaler", namespace: "monofarm" }],
    });
  });

  test("has the number of pods to itself", () => {
    for (const name of DEPLOYMENTS) expect(of("apps/v1:Deployment", name)?.["spec"]).not.toHaveProperty("replicas");
  });

  test("is told the queue of each pool as the scheduler has it, with its bounds", () => {
    const text = (name: string) => {
      const found = of("core/v1:ConfigMap", name) as { data: Record<string, string> } | undefined;
      return JSON.parse(found?.data[`${name}.json`] ?? "{}") as {
        pools: FollowingPool[];
        query: string;
        predeclaredPlatformQueues: { platform: { properties: object[] } }[];
      };
    };
    const { pools, query } = text("autoscaler");
    expect(pools.map(({ deployment, minimum, maximum }) => [deployment, minimum, maximum])).toEqual(
      DEPLOYMENTS.map((name) => [name, 0, name.endsWith("wide") ? 14 : 98]),
    );
    expect(pools.map(({ platform }) => platform)).toEqual(
      text("scheduler").predeclaredPlatformQueues.map(({ platform }) => platform.properties),
    );
    expect(query).toContain("[600s:15s]");
  });

  test("may call Prometheus beside the browser, and calls that and the API server", () => {
    type Policy = { spec: { ingress?: object[]; egress?: { to?: object[]; ports: { port: number }[] }[] } };
    const policy = (name: string) => of("networking.k8s.io/v1:NetworkPolicy", name) as unknown as Policy;
    const from = ["browser", "autoscaler"].map((name) => ({
      podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "monofarm" } },
    }));
    expect(policy("prometheus").spec.ingress).toMatchObject([{ from, ports: [{ port: 9090 }] }]);
    const { ingress, egress = [] } = policy("autoscaler").spec;
    expect(ingress).toBeUndefined();
    expect(egress.map(({ to, ports }) => [to === undefined, ports.map(({ port }) => port)])).toEqual([
      [false, [9090]],
      [true, [443, 6443]],
    ]);
  });

  test("is not there where every pool has a number, and the browser alone calls Prometheus then", async () => {
    const fixed = await declareFarm({
      ...kubernetesValues(),
      "monofarm:images": {
        ...(kubernetesValues()["monofarm:images"] as object),
        prometheus: `registry.example/p@sha256:${"e".repeat(64)}`,
      },
    });
    expect(fixed.filter(({ type }) => type === "monofarm:buildbarn:Autoscaler")).toEqual([]);
    const policy = ofType(fixed, "kubernetes:networking.k8s.io/v1:NetworkPolicy").get("prometheus");
    const { ingress } = policy?.["spec"] as { ingress: { from: object[] }[] };
    expect(ingress.flatMap(({ from }) => from)).toMatchObject([
      { podSelector: { matchLabels: { "app.kubernetes.io/name": "browser" } } },
    ]);
  });
});

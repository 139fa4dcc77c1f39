import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { networkPolicies } from "../../components/buildbarn/network-policies";
import { scrapePolicies } from "../../components/observability/network-policies";
import { alerts, RECORDINGS, THRESHOLDS } from "../../components/observability/rules";
import { SCRAPED } from "../../components/observability/scraped";
import { declareFarm } from "../stacks/golden";
import { kubernetesValues, observedValues } from "../stacks/kubernetes-values";
import { ofType, type Recorded } from "./recorder";

const IMAGE = `registry.example/9@sha256:${"9".repeat(64)}`;

describe("a farm with a Prometheus", () => {
  let resources: Recorded[];
  beforeAll(async () => {
    resources = await declareFarm(observedValues());
  });

  const mine = (type: string) =>
    new Map(
      ofType(
        resources.filter(({ parent }) => parent === "observability"),
        type,
      ),
    );

  test("runs it from its image by digest, confined, without an account with the API server", () => {
    const { spec } = mine("kubernetes:apps/v1:Deployment").get("prometheus") as {
      spec: { template: { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } } };
    };
    const pod = spec.template.spec;
    expect(pod["automountServiceAccountToken"]).toBe(false);
    expect(pod["serviceAccountName"]).toBeUndefined();
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]).toMatchObject({
      image: IMAGE,
      securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
    });
  });

  test("gives it a name by DNS for each part's pods, ready or not, at the port where the part serves metrics", () => {
    const services = mine("kubernetes:core/v1:Service");
    expect([...services.keys()].sort()).toEqual([...SCRAPED.map(({ part }) => `metrics-${part}`), "prometheus"].sort());
    const configurations = [...ofType(resources, "kubernetes:core/v1:ConfigMap").values()].flatMap(({ data }) =>
      Object.entries((data ?? {}) as Record<string, string>),
    );
    for (const { part, port } of SCRAPED) {
      expect(services.get(`metrics-${part}`), part).toMatchObject({
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true,
          selector: { "app.kubernetes.io/name": part },
          ports: [{ port }],
        },
      });
      const own = configurations.filter(([file]) => file === `${part}.json`);
      expect(own.length, part).toBeGreaterThan(0);
      for (const [, text] of own) {
        expect(text.replaceAll(/\s/g, ""), part).toContain(`"listenAddresses":[":${port}"]`);
        expect(text, part).toContain('"enablePrometheus": true');
      }
    }
  });

  test("keeps its files in a ConfigMap that nobody changes, named by their hash", () => {
    const [config] = [...mine("kubernetes:core/v1:ConfigMap").values()] as {
      immutable: boolean;
      metadata: { name: string };
      data: Record<string, string>;
    }[];
    expect(config?.immutable).toBe(true);
    expect(config?.metadata.name).toMatch(/^prometheus-[0-9a-f]{16}$/);
    expect(Object.keys(config?.data ?? {}).sort()).toEqual(["farm.html", "prometheus.json", "rules.json"]);
    expect(config?.data["prometheus.json"]).toContain("metrics-storage.monofarm.svc");
  });
});

test("a farm without its image has none", async () => {
  const resources = await declareFarm(kubernetesValues());
  expect(resources.filter(({ type }) => type === "monofarm:observability:Observability")).toEqual([]);
});

interface Rule {
  readonly ports: readonly { readonly port: number }[];
}

describe("the network policies for it", () => {
  const policies = scrapePolicies(SCRAPED);
  const plain = JSON.parse(JSON.stringify(policies)) as Record<string, Partial<Record<"ingress" | "egress", Rule[]>>>;
  const doors = Object.entries(plain).flatMap(([name, { ingress = [], egress = [] }]) =>
    [...ingress, ...egress].flatMap(({ ports }) => ports.map(({ port }) => `${name}:${port}`)),
  );

  test("open the metrics' port of each part to Prometheus, and Prometheus to the browser, from both sides, and no other", () => {
    expect(doors.sort()).toEqual(
      [
        ...SCRAPED.flatMap(({ part, port }) => [`metrics-${part}:${port}`, `prometheus:${port}`]),
        "figures:9090",
        "prometheus:9090",
      ].sort(),
    );
    for (const { part } of SCRAPED) {
      expect(policies[`metrics-${part}`]).toMatchObject({
        podSelector: { matchLabels: { "app.kubernetes.io/name": part } },
        ingress: [{ from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } }] }],
      });
    }
  });

  test("let nobody but the browser call Prometheus", () => {
    const browser = { podSelector: { matchLabels: { "app.kubernetes.io/name": "browser" } } };
    expect(policies["prometheus"]?.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(policies["prometheus"]?.ingress).toMatchObject([{ from: [browser], ports: [{ port: 9090 }] }]);
    expect(policies["figures"]).toMatchObject(browser);
  });

  test("have names of their own beside the farm's", () => {
    const others = Object.keys(networkPolicies("clients", []));
    expect(Object.keys(policies).filter((name) => others.includes(name))).toEqual([]);
  });
});

describe("what is seen", () => {
  const page = readFileSync(join(__dirname, "../../components/observability/farm.html"), "utf8");
  const tested = readFileSync(join(__dirname, "../farm/observability/rules-test.yaml"), "utf8");
  const names = RECORDINGS.map(({ record }) => record);

  test("on the page: what the rules record, and all of it", () => {
    const asked = [...page.matchAll(/query: "([a-z]+:\w+:\w+)"/g)].map(([, query]) => query);
    expect(asked.sort()).toEqual([...names].sort());
  });

  test("by alerts: what the rules record, or whether a part answers", () => {
    for (const { alert, expr } of alerts(THRESHOLDS)) {
      const used = expr.match(/[a-z]+:\w+:\w+/g) ?? [];
      expect(
        used.filter((name) => !names.includes(name)),
        alert,
      ).toEqual([]);
      expect(used.length > 0 || expr.includes("up"), alert).toBe(true);
    }
  });

  test("by a case of its own for every alert", () => {
    for (const { alert } of alerts(THRESHOLDS)) expect(tested, alert).toContain(`alertname="${alert}"`);
  });
});

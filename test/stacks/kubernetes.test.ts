import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { releasePolicies } from "../../components/matrix/release-policies";
import { asTexts, committedConfig } from "../../local/stack/stack-file";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { ofType, type Recorded } from "../components/recorder";
import { declareFarm, picture, type Values } from "./golden";
import { FORK, kubernetesValues } from "./kubernetes-values";

const NAMES_OF_THE_CLUSTER = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

describe("a fork's farm on a cluster and an S3 service of its own", () => {
  let resources: Recorded[];
  beforeAll(async () => {
    resources = await declareFarm(kubernetesValues());
  });

  test("is what the golden shows", async () => {
    const settings = ({ type, inputs }: Recorded) => {
      const { spec = {} } = inputs as { spec?: { replicas?: number } };
      if (type === "pulumi:providers:kubernetes") return { context: inputs["context"] };
      if (type.endsWith(":ValidatingAdmissionPolicyBinding"))
        return { actions: (spec as { validationActions?: string[] }).validationActions };
      if (type === "pulumi-nodejs:dynamic:Resource") {
        const { bucket, lockDays, versioning } = inputs;
        return { bucket, ...(lockDays !== undefined && { lockDays }), versioning };
      }
      return spec.replicas === undefined ? {} : { replicas: spec.replicas };
    };
    await expect(picture(resources, settings)).toMatchFileSnapshot(join(__dirname, "golden", "kubernetes.yaml"));
  });

  test("reaches one named context, and gives every object its provider", () => {
    const [provider] = [...ofType(resources, "pulumi:providers:kubernetes").values()];
    expect(provider).toMatchObject({ kubeconfig: "/home/fork/kubeconfig", context: "farm" });
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.length).toBeGreaterThan(15);
    expect(objects.filter(({ provider: its }) => its === "").map(({ name }) => name)).toEqual([]);
  });

  test("lets pods ask the cluster's DNS for names, and no other address", () => {
    const policies = [...ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy")];
    // Where the API server is, only the cluster knows: the pod that fetches its keys may reach two ports anywhere.
    const others = policies.filter(([name]) => name !== "token-keys");
    const rules = others.flatMap(([, { spec }]) => (spec as { egress?: { to?: object[] }[] }).egress ?? []);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter(({ to }) => to === undefined)).toEqual([]);
    expect(rules).toContainEqual(NAMES_OF_THE_CLUSTER);
  });

  test("runs no S3 server of its own, and locks releases", () => {
    expect([...ofType(resources, "kubernetes:apps/v1:StatefulSet").keys()]).toEqual(["storage"]);
    const buckets = ofType(resources, "pulumi-nodejs:dynamic:Resource");
    const locks = [...buckets].map(([name, { lockDays, bucket }]) => [name, bucket, lockDays]);
    expect(locks.sort()).toEqual([
      ["logs", "fork-logs", undefined],
      ["matrix", "fork-matrix", undefined],
      ["provenance", "fork-provenance", 1825],
      ["release", "fork-release", 1825],
      ["repo", "fork-repo", undefined],
      ["sources", "fork-sources", undefined],
    ]);
  });
});

describe("pods of releases", () => {
  const dns = { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } };
  const egressOf = (...egress: Parameters<typeof releasePolicies>[1][]) =>
    releasePolicies("monofarm", egress[0] ?? {})["release-clients"]?.egress;

  test("reach the S3 service of the stack, at its networks and port alone", () => {
    expect(egressOf({ dns, services: [{ cidrs: ["192.0.2.0/24"], port: 9000 }] })).toEqual([
      expect.objectContaining({ ports: expect.arrayContaining([{ port: 8980, protocol: "TCP" }]) as object[] }),
      NAMES_OF_THE_CLUSTER,
      { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 9000, protocol: "TCP" }] },
    ]);
  });
});

describe("the configuration of a fork", () => {
  const check = (change: Values) => () =>
    checkConfig(
      FARM_SLICES,
      asTexts({ ...kubernetesValues(), ...change }),
      "stacks/Pulumi.kubernetes.yaml",
      crossCheckFarm,
    );
  const platform = (change: Values) => ({
    "monofarm:platform": { ...(FORK["monofarm:platform"] as Values), ...change },
  });

  const endpoint = (url: string) => {
    const artifacts = FORK["monofarm:artifacts"] as { existing: Values };
    return { "monofarm:artifacts": { ...artifacts, existing: { ...artifacts.existing, endpoint: url } } };
  };

  test("is right as the example has it", () => {
    expect(check({})).not.toThrow();
  });

  test.each([
    ["https://s3.example", 443],
    ["http://s3.example", 80],
    ["http://s3.example:9000/", 9000],
  ])("opens the port of %s", (url, port) => {
    const opens = (one: number) => ({ ...endpoint(url), ...platform({ s3: { cidrs: ["192.0.2.0/24"], port: one } }) });
    expect(check(opens(port))).not.toThrow();
    expect(check(opens(port + 1))).toThrow(`allowed: ${port}, the port of`);
  });

  test("names what a fork must add to the committed file", () => {
    const bare = () =>
      checkConfig(FARM_SLICES, asTexts(committedConfig("kubernetes")), "stacks/Pulumi.kubernetes.yaml", crossCheckFarm);
    expect(bare).toThrow(
      /platform\.kubeconfig: found nothing.*\n[^]*images\.client: found nothing.*\n[^]*artifacts\.releaseLock: found nothing/,
    );
  });

  test.each([
    ["no context", platform({ context: undefined }), /monofarm:platform\.context: found nothing; allowed: the name of/],
    [
      "everywhere as the network of S3",
      platform({ s3: { cidrs: ["0.0.0.0/0"], port: 443 } }),
      /monofarm:platform\.s3\.cidrs\.0: found "0\.0\.0\.0\/0"; allowed: a CIDR such as .* not everywhere/,
    ],
    [
      "no port of S3",
      platform({ s3: { cidrs: ["192.0.2.0/24"], port: 99_999 } }),
      /monofarm:platform\.s3\.port: found 99999; allowed: a whole number from 1 to 65535$/,
    ],
    [
      "another port of S3 than its endpoint's",
      platform({ s3: { cidrs: ["192.0.2.0/24"] } }),
      /monofarm:platform\.s3\.port: found 443; allowed: 9000, the port of monofarm:artifacts\.existing\.endpoint$/,
    ],
    [
      "S3 by another protocol",
      endpoint("ftp://s3.example"),
      /monofarm:artifacts\.existing\.endpoint: found "ftp:.*"; allowed: a URL, https or http$/,
    ],
    ["no network of S3", platform({ s3: undefined }), /monofarm:platform\.s3: found nothing; allowed: cidrs and port/],
    [
      "folders of a node",
      platform({ localVolumes: { directory: "/x", node: "y" } }),
      /monofarm:platform\.localVolumes: found \{.*\}; allowed: the keys kind, kubeconfig, context, /,
    ],
  ])("with %s is refused", (_, change, line) => {
    expect(check(change)).toThrow(line);
  });
});

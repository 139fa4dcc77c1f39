import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { beforeAll, describe, expect, test } from "vitest";

import type { BbStorage } from "../../components/buildbarn/configuration/storage";
import { asTexts } from "../../local/stack/stack-file";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { ofType, type Recorded } from "../components/recorder";
import { judge } from "../policies/judge";
import { awsValues } from "./aws-values";
import { EXAMPLE_KEY } from "./github-values";
import { declareFarm, type Values } from "./golden";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n";

const ENTRANCE = {
  host: "rbe.example.org",
  zoneId: "Z0123456789ABC",
  clients: ["203.0.113.0/24"],
  facing: "internal",
  certificate: CERTIFICATE,
  privateKey: EXAMPLE_KEY,
};

/** Inputs as the packs see them: what a Secret holds is recorded as a secret. */
const inClear = ({ stringData, ...inputs }: Values): Values =>
  stringData === undefined ? inputs : { ...inputs, stringData: (stringData as { readonly value: unknown }).value };

const entranceValues = (change: Values = {}): Values => ({
  ...awsValues(),
  "monofarm:entrance": { ...ENTRANCE, ...change },
});

describe("the way in for Bazel outside the cluster", () => {
  let resources: Recorded[];
  const all = (type: string) => ofType(resources, type);
  const one = (type: string, name: string) => all(type).get(name) ?? {};
  beforeAll(async () => {
    resources = await declareFarm(entranceValues());
  });

  test("is a name, a balancer for the networks that are named, and a port of system nodes that it alone reaches", () => {
    expect(one("aws:route53/record:Record", "entrance")).toMatchObject({
      name: "rbe.example.org",
      zoneId: "Z0123456789ABC",
      aliases: [{ name: "balancer.example" }],
    });
    expect(one("aws:lb/loadBalancer:LoadBalancer", "entrance")).toMatchObject({
      loadBalancerType: "network",
      internal: true,
      subnets: ["platform-system-eu-west-2a-id", "platform-system-eu-west-2b-id"],
      securityGroups: ["entrance-id"],
    });
    expect(one("aws:ec2/securityGroup:SecurityGroup", "entrance")).toMatchObject({
      ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["203.0.113.0/24"] }],
      egress: [{ fromPort: 30443, toPort: 30443, cidrBlocks: ["10.40.0.0/16"] }],
    });
    expect(one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "entrance")).toMatchObject({
      referencedSecurityGroupId: "entrance-id",
      fromPort: 30443,
      toPort: 30443,
    });
    expect([...all("aws:autoscaling/attachment:Attachment").values()]).toEqual([
      { autoscalingGroupName: "eks-group", lbTargetGroupArn: "arn:aws:aws:lb/targetGroup:TargetGroup:entrance" },
    ]);
  });

  test("opens one listener, which passes TLS on unopened", () => {
    const listeners = [...all("aws:lb/listener:Listener").values()];
    expect(listeners.map(({ protocol, port }) => [protocol, port])).toEqual([["TCP", 443]]);
    const services = [...all("kubernetes:core/v1:Service")].filter(
      ([, { spec }]) => (spec as { type?: string }).type !== undefined,
    );
    expect(services.map(([name]) => name)).toEqual(["frontend-outside"]);
    expect(services[0]?.[1]).toMatchObject({
      spec: { type: "NodePort", ports: [{ nodePort: 30443, targetPort: 8943 }] },
    });
  });

  const frontend = () => {
    const maps = [...all("kubernetes:core/v1:ConfigMap")].find(([name]) => name.startsWith("frontend"));
    const data = maps?.[1]["data"] as Record<"frontend.json", string> | undefined;
    return JSON.parse(data?.["frontend.json"] ?? "null") as BbStorage;
  };

  test("ends TLS at the frontend, which asks every caller for the token that it asks pods for", () => {
    const servers = frontend().grpcServers;
    expect(servers.map(({ listenAddresses }) => listenAddresses)).toEqual([[":8980"], [":8943"]]);
    const [inside, outside] = servers;
    expect(inside?.tls).toBeUndefined();
    expect(outside?.tls).toEqual({
      serverKeyPair: {
        files: { certificatePath: "/tls/tls.crt", privateKeyPath: "/tls/tls.key", refreshInterval: "3600s" },
      },
    });
    expect(outside?.authenticationPolicy).toEqual(inside?.authenticationPolicy);
    expect(JSON.stringify(outside?.authenticationPolicy)).toContain("system:serviceaccount:monofarm:outside");
  });

  test("keeps the key in a secret that the frontend alone mounts", () => {
    expect(one("kubernetes:core/v1:Secret", "frontend-tls")).toMatchObject({
      type: "kubernetes.io/tls",
      stringData: { [specialSigKey]: specialSecretSig, value: { "tls.crt": CERTIFICATE, "tls.key": EXAMPLE_KEY } },
    });
    const mounting = [...all("kubernetes:apps/v1:Deployment"), ...all("kubernetes:apps/v1:StatefulSet")].filter(
      ([, inputs]) => JSON.stringify(inputs).includes("frontend-tls"),
    );
    expect(mounting.map(([name]) => name)).toEqual(["frontend"]);
  });

  test("leads to no other pod and port", () => {
    const opened = [...all("kubernetes:networking.k8s.io/v1:NetworkPolicy")].filter(([, { spec }]) =>
      ((spec as { ingress?: { from?: { ipBlock?: object }[] }[] }).ingress ?? []).some(({ from = [] }) =>
        from.some(({ ipBlock }) => ipBlock !== undefined),
      ),
    );
    expect(opened.map(([name]) => name)).toEqual(["outside-frontend"]);
    expect(opened[0]?.[1]).toMatchObject({
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "frontend" } },
        ingress: [{ from: [{ ipBlock: { cidr: "10.40.0.0/16" } }], ports: [{ port: 8943 }] }],
      },
    });
  });

  test("breaks no rule of the packs", () => {
    const mine = resources.filter(({ name }) => /^(entrance|frontend|outside)/.test(name));
    const declared = mine.map(
      ({ type, name, inputs }) => [`${type} ${name}`, { type, props: inClear(inputs) }] as const,
    );
    expect(declared.length).toBeGreaterThan(10);
    const found = judge(Object.fromEntries(declared)).map(({ rule, finding }) => `${rule} ${finding.urn}`);
    expect(found).toEqual([]);
  });

  test("faces the internet where the stack says so, in the subnets that do", async () => {
    const values = entranceValues({ facing: "internet" });
    const platform = { ...(values["monofarm:platform"] as Values), nat: true };
    const declared = await declareFarm({ ...values, "monofarm:platform": platform });
    expect(ofType(declared, "aws:lb/loadBalancer:LoadBalancer").get("entrance")).toMatchObject({
      internal: false,
      subnets: ["platform-public-eu-west-2a-id", "platform-public-eu-west-2b-id"],
    });
  });

  test("is not there where nobody asks for it", async () => {
    const declared = await declareFarm(awsValues());
    expect(declared.filter(({ type }) => /aws:(lb|route53)\//.test(type))).toEqual([]);
    expect([...ofType(declared, "kubernetes:core/v1:Service").values()].map(({ spec }) => spec)).not.toContainEqual(
      expect.objectContaining({ type: "NodePort" }),
    );
  });

  test.each<[string, Values, RegExp]>([
    ["everybody", { clients: ["0.0.0.0/0"] }, /entrance\.clients\.0: found "0\.0\.0\.0\/0"; allowed: .*not everywhere/],
    ["nobody", { clients: [] }, /entrance\.clients: found .*; allowed: at least one network/],
    ["no name", { host: "rbe" }, /entrance\.host: found "rbe"; allowed: a name such as/],
    [
      "no zone",
      { zoneId: "example.org" },
      /entrance\.zoneId: found "example\.org"; allowed: the id of a Route 53 zone/,
    ],
    [
      "no certificate",
      { certificate: "arn:aws:acm:x" },
      /entrance\.certificate: found .*; allowed: a certificate, a PEM/,
    ],
    ["no key", { privateKey: "" }, /entrance\.privateKey: found ""; allowed: the certificate's private key/],
    [
      "the internet without subnets that face it",
      { facing: "internet" },
      /entrance\.facing: found "internet"; allowed: internal, or monofarm:platform\.nat: true/,
    ],
  ])("is refused for %s", (_, change, line) => {
    const check = () =>
      checkConfig(FARM_SLICES, asTexts(entranceValues(change)), "stacks/Pulumi.aws.yaml", crossCheckFarm);
    expect(check).toThrow(line);
  });
});

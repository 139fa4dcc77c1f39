import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";

import { isAllowed } from "../../components/identity/evaluate";
import type { PolicyDocument } from "../../components/identity/policy-document";
import { ofType, type Recorded } from "../components/recorder";
import { judge } from "../policies/judge";
import { awsValues } from "./aws-values";
import { declareFarm } from "./golden";

const CLUSTER = "monofarm-test";
const GROUP = "arn:aws:autoscaling:eu-west-2:111122223333:autoScalingGroup:id:autoScalingGroupName/eks-x";
const NODE_GROUP = `arn:aws:eks:eu-west-2:111122223333:nodegroup/${CLUSTER}/worker/id`;

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe("what scales the pools of a farm on AWS", () => {
  let resources: Recorded[];
  const all = (type: string) => ofType(resources, type);
  const mine = () => resources.filter(({ name }) => name === "cluster-autoscaler");
  beforeAll(async () => {
    resources = await declareFarm(awsValues());
  });

  const pod = () => {
    const { spec } = all("kubernetes:apps/v1:Deployment").get("cluster-autoscaler") as {
      spec: { template: { spec: { nodeSelector: object; containers: { image: string; command: string[] }[] } } };
    };
    return spec.template.spec;
  };

  test("finds the groups that EKS made for this cluster, and runs on nodes that it does not take away", () => {
    const [container] = pod().containers;
    expect(container?.command).toContain(
      `--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${CLUSTER}`,
    );
    expect(container?.image).toMatch(/@sha256:/);
    expect(pod().nodeSelector).toEqual({ "kubernetes.io/arch": "arm64", "farm.build/role": "system" });
  });

  test("takes nodes of idle workers away, whose folders would otherwise keep them, and waits as long as an action may", () => {
    const [container] = pod().containers;
    expect(container?.command).toContain("--skip-nodes-with-local-storage=false");
    const worker = all("kubernetes:apps/v1:Deployment").get("worker-arm64-wide") as {
      spec: { template: { spec: { terminationGracePeriodSeconds: number } } };
    };
    const seconds = worker.spec.template.spec.terminationGracePeriodSeconds;
    expect(container?.command).toContain(`--max-graceful-termination-sec=${seconds}`);
  });

  test("has the number of workers to itself, and they say nothing of it", () => {
    for (const name of ["worker-arm64-narrow", "worker-amd64-wide"]) {
      const { spec } = all("kubernetes:apps/v1:Deployment").get(name) as { spec: object };
      expect(spec).not.toHaveProperty("replicas");
    }
  });

  test("has its role before its pod starts", () => {
    const declared = mine().find(({ type }) => type === "kubernetes:apps/v1:Deployment");
    const awaited = [declared?.options.dependsOn].flat() as pulumi.Resource[];
    const types = awaited.map((each) => (each as unknown as { __pulumiType: string }).__pulumiType);
    expect(types).toContain("aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(types.filter((type) => /RoleBinding$/.test(type))).toHaveLength(2);
  });

  test.each<[string, string, string, Record<string, string>, boolean]>([
    ["looks at groups", "autoscaling:DescribeAutoScalingGroups", "*", {}, true],
    ["looks at pools without nodes", "eks:DescribeNodegroup", NODE_GROUP, {}, true],
    ["looks at another cluster's", "eks:DescribeNodegroup", NODE_GROUP.replace(CLUSTER, "other"), {}, false],
    ["scales this cluster's", "autoscaling:SetDesiredCapacity", GROUP, { [CLUSTER]: "owned" }, true],
    ["ends this cluster's", "autoscaling:TerminateInstanceInAutoScalingGroup", GROUP, { [CLUSTER]: "owned" }, true],
    ["scales another's", "autoscaling:SetDesiredCapacity", GROUP, { other: "owned" }, false],
    ["scales nobody's", "autoscaling:SetDesiredCapacity", GROUP, {}, false],
    ["changes bounds", "autoscaling:UpdateAutoScalingGroup", GROUP, { [CLUSTER]: "owned" }, false],
    ["changes pools", "eks:UpdateNodegroupConfig", NODE_GROUP, {}, false],
    ["makes instances by itself", "ec2:RunInstances", "*", {}, false],
    ["reads releases", "s3:GetObject", "arn:aws:s3:::example-farm-release/x", {}, false],
  ])("%s: %s", (_, action, resource, tags, allowed) => {
    const context = Object.fromEntries(
      Object.entries(tags).map(([cluster, value]) => [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`, value]),
    );
    const { policy } = all("aws:iam/rolePolicy:RolePolicy").get("cluster-autoscaler") ?? {};
    const identity = [JSON.parse(policy as string) as PolicyDocument];
    expect(isAllowed({ principal: "arn:aws:iam::1:role/x", action, resource, context }, { identity })).toBe(allowed);
  });

  test("changes nothing of the cluster's but nodes and what runs on them", () => {
    const { rules } = all("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").get("cluster-autoscaler") as {
      rules: Rule[];
    };
    const changed = rules.filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)));
    expect(changed.flatMap(({ resources: kinds }) => kinds)).toEqual(["nodes", "pods/eviction", "events"]);
    expect(JSON.stringify(rules)).not.toMatch(/\*|secrets/);
  });

  test("breaks no rule of the packs", () => {
    const declared = Object.fromEntries(
      mine().map(({ type, name, inputs }) => [`${type} ${name}`, { type, props: inputs }]),
    );
    expect(Object.keys(declared)).toContain("kubernetes:apps/v1:Deployment cluster-autoscaler");
    expect(judge(declared).map(({ rule, finding }) => `${rule} ${finding.urn}: ${finding.found}`)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Simulation, simulatedValues } from "../../local/simulation/simulation";
import { changesIn } from "../../local/stack/pulumi";
import { presentTools } from "../../local/toolbox/toolbox";

const UP = ["up", "--yes", "--skip-preview"];

/** Kinds that hold what cannot be had again. */
const KEEPS_DATA = /aws:(s3\/bucket:Bucket|kms\/key:Key|eks\/cluster:Cluster|ec2\/vpc:Vpc)/;

describe("the farm on a simulated AWS, in Pulumi's own engine", () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await Simulation.start(await presentTools());
  });
  afterAll(() => {
    simulation.end();
  });

  test("is previewed while nothing of it is known, and nothing is made", async () => {
    expect(changesIn(await simulation.pulumi(["preview"]))).toEqual(changesIn(""));
    expect(simulation.done()).toEqual([]);
  });

  test("is made: nodes after the network, the add-ons that they need and the control plane, pods after nodes", async () => {
    const { created } = changesIn(await simulation.pulumi(UP));
    expect(created).toBeGreaterThan(130);
    const done = simulation.done();
    const at = (line: string) => {
      expect(done).toContain(`create ${line}`);
      return done.indexOf(`create ${line}`);
    };
    const nodes = at("aws:eks/nodeGroup:NodeGroup platform-worker-arm64");
    expect(at("aws:eks/addon:Addon platform-vpc-cni")).toBeLessThan(nodes);
    expect(at("aws:eks/cluster:Cluster platform")).toBeLessThan(at("aws:eks/addon:Addon platform-vpc-cni"));
    expect(at("kubernetes:core/v1:Namespace monofarm")).toBeGreaterThan(nodes);
    const runners = at("kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet monofarm-arm64");
    expect(at("kubernetes:helm.sh/v3:Release runner-controller")).toBeLessThan(runners);
    const balancer = at("aws:lb/loadBalancer:LoadBalancer entrance");
    expect(at("aws:route53/record:Record entrance")).toBeGreaterThan(balancer);
    expect(at("github:index/actionsRunnerGroup:ActionsRunnerGroup github")).toBeLessThan(runners);
  });

  test("is the same the second time", async () => {
    const changes = changesIn(await simulation.pulumi(UP));
    expect(changes).toMatchObject({ created: 0, updated: 0, deleted: 0, replaced: 0 });
    expect(changes.unchanged).toBeGreaterThan(130);
    expect(simulation.done()).toEqual([]);
  });

  test("has not drifted", async () => {
    const changes = changesIn(await simulation.pulumi(["refresh", "--yes", "--skip-preview"]));
    expect(changes).toMatchObject({ created: 0, updated: 0, deleted: 0, replaced: 0 });
  });

  test("is raised to another Kubernetes in place: nothing that holds data is made anew", async () => {
    const values = simulatedValues();
    const platform = values["monofarm:platform"] as object;
    const raised = { ...platform, version: "1.34", amiRelease: "1.34.1-20251101" };
    const changes = changesIn(await simulation.pulumi(UP, { ...values, "monofarm:platform": raised }));
    expect(changes).toMatchObject({ deleted: 0, replaced: 0 });
    expect(simulation.done()).toContain("update aws:eks/cluster:Cluster platform");
    expect(simulation.done()).toContain("update aws:eks/nodeGroup:NodeGroup platform-worker-arm64");
  });

  test("gets other nodes for other instances, and keeps all else", async () => {
    const values = simulatedValues();
    const platform = values["monofarm:platform"] as { pools: { role: string; instanceTypes: string[] }[] };
    const pools = platform.pools.map((pool) =>
      pool.role === "client" ? { ...pool, instanceTypes: ["m8g.4xlarge"] } : pool,
    );
    await simulation.pulumi(UP, { ...values, "monofarm:platform": { ...platform, pools } });
    const deleted = simulation.done().filter((line) => line.startsWith("delete"));
    expect(deleted).toEqual(["delete aws:eks/nodeGroup:NodeGroup platform-client-arm64"]);
  });

  test("loses nothing that holds data to a destroy while it is protected", async () => {
    await expect(simulation.pulumi(["destroy", "--yes", "--skip-preview"])).rejects.toThrow(/protect/);
    expect(simulation.done().filter((line) => KEEPS_DATA.test(line))).toEqual([]);
  });

  test("goes when told twice: pods before nodes, nodes before the control plane; what was released stays", async () => {
    await simulation.pulumi(UP);
    await simulation.state("state", "unprotect", "--all", "--yes");
    await simulation.pulumi(["destroy", "--yes", "--skip-preview"]);
    const done = simulation.done();
    const last = (pattern: RegExp) => done.findLastIndex((line) => pattern.test(line));
    const first = (pattern: RegExp) => done.findIndex((line) => pattern.test(line));
    const runners = last(/^delete kubernetes:actions\.github\.com/);
    expect(runners).toBeGreaterThan(-1);
    // Without its controller a set of runners never goes, nor without its key, its rights or a way to GitHub.
    expect(runners).toBeLessThan(first(/^delete kubernetes:helm\.sh/));
    expect(runners).toBeLessThan(first(/^delete kubernetes:core\/v1:Secret github-app/));
    expect(runners).toBeLessThan(first(/^delete kubernetes:rbac\..*runner-controller/));
    expect(runners).toBeLessThan(first(/^delete kubernetes:networking\..*runner/));
    expect(runners).toBeLessThan(first(/^delete aws:ec2\/natGateway:/));
    expect(last(/^delete kubernetes:/)).toBeGreaterThan(-1);
    expect(last(/^delete kubernetes:/)).toBeLessThan(first(/^delete aws:eks\/nodeGroup:/));
    expect(last(/^delete aws:eks\/nodeGroup:/)).toBeLessThan(first(/^delete aws:eks\/cluster:/));
    expect(last(/^delete aws:ec2\/subnet:/)).toBeLessThan(first(/^delete aws:ec2\/vpc:/));
    const kept = /^delete aws:(s3\/\S+ (release|provenance)|kms\/key:Key artifacts-objects)$/;
    expect(done.filter((line) => kept.test(line))).toEqual([]);
    expect(done).toContain("delete aws:s3/bucket:Bucket matrix");
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { Simulation, simulatedValues } from "../../local/simulation/simulation";
import { changesIn } from "../../local/stack/pulumi";
import { presentTools, type Tools } from "../../local/toolbox/toolbox";

interface Recorded {
  readonly urn: string;
  readonly type: string;
}

/** `pulumi preview --json`. */
interface Plan {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
  readonly diagnostics: readonly { readonly severity: string; readonly message: string }[];
}

/** What `upgrade/record.ts` recorded of a commit. */
const recorded = (commit: string) =>
  gunzipSync(readFileSync(join(__dirname, "upgrade", `state-${commit}.json.gz`))).toString();

/** The first version that names its cluster, and the last that did not. */
const [EARLIER, UNNAMED] = [recorded("b8337c6"), recorded("cb99c11")];

/** Type and name of what holds data, or would take it along. */
const HOLDS_DATA = new RegExp(
  [
    "aws:s3/bucket:Bucket::",
    "aws:kms/key:Key::",
    "aws:ec2/vpc:Vpc::",
    "aws:ec2/subnet:Subnet::",
    "aws:eks/cluster:Cluster::",
    "aws:eks/nodeGroup:NodeGroup::platform-(storage|disks)-",
    "kubernetes:core/v1:Namespace::monofarm$",
    "kubernetes:core/v1:PersistentVolume(Claim)?::",
    "kubernetes:apps/v1:StatefulSet::",
    "kubernetes:storage.k8s.io/v1:StorageClass::",
    "pulumi:providers:(aws|kubernetes)::",
  ].join("|"),
);

const named = (urn: string) => urn.split("$").at(-1)?.split("::").slice(-2).join(" ") ?? urn;

describe("the farm on a simulated AWS, as an earlier version left it", () => {
  let tools: Tools;
  let simulation: Simulation;
  beforeAll(async () => {
    tools = await presentTools();
  });
  beforeEach(async () => {
    simulation = await Simulation.start(tools);
  });
  afterEach(() => {
    simulation.end();
  });

  /** Takes a recorded state for the stack's own, and asks the cloud what there is. */
  async function earlier(state = EARLIER): Promise<void> {
    await simulation.restore(state);
    await simulation.pulumi(["refresh", "--yes", "--skip-preview"]);
  }

  /** What an update would do to what holds data, but for leaving it and changing it in place; or why it would do nothing. */
  async function losses(values = simulatedValues()): Promise<string[]> {
    const printed: string[] = [];
    await simulation
      .pulumi(["preview", "--json", "--show-sames"], values, (line) => void printed.push(line))
      .catch(() => undefined);
    const plan = JSON.parse(printed.slice(printed.indexOf("{"), printed.indexOf("}") + 1).join("\n")) as Plan;
    const held = plan.steps.filter(({ urn }) => HOLDS_DATA.test(urn));
    expect(held.length).toBeGreaterThan(15);
    const errors = plan.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
    const done = held.filter(({ op }) => !["same", "update", "create"].includes(op));
    return [...done.map(({ op, urn }) => `${op} ${named(urn)}`), ...errors];
  }

  test("is brought up to date, and nothing that holds data is made anew or goes", async () => {
    await earlier();
    expect(await losses()).toEqual([]);
    const { updated } = changesIn(await simulation.pulumi(["up", "--yes", "--skip-preview"]));
    expect(updated).toBeGreaterThan(0);
    expect(
      simulation.done().filter((line) => line.startsWith("delete") && HOLDS_DATA.test(line.replace(" ", "::"))),
    ).toEqual([]);
    const { resources } = (
      JSON.parse(await simulation.state("stack", "export")) as { deployment: { resources: Recorded[] } }
    ).deployment;
    const now = resources.map(({ urn }) => urn);
    const before = (JSON.parse(EARLIER) as { deployment: { resources: Recorded[] } }).deployment.resources;
    const lost = before.filter(({ urn }) => HOLDS_DATA.test(urn) && !now.includes(urn));
    expect(lost.map(({ urn }) => named(urn))).toEqual([]);
    expect(changesIn(await simulation.pulumi(["up", "--yes", "--skip-preview"]))).toMatchObject({
      created: 0,
      updated: 0,
      deleted: 0,
      replaced: 0,
    });
  });

  test("would lose its storage nodes to a pool of another name: the plan says so", async () => {
    await earlier(EARLIER.replaceAll("platform-storage-arm64", "platform-disks-arm64"));
    expect(await losses()).toEqual(["delete aws:eks/nodeGroup:NodeGroup platform-disks-arm64"]);
  });

  test("would lose its cluster where an earlier version did not name it: the plan says so, and is refused", async () => {
    await earlier(UNNAMED);
    const found = await losses();
    expect(found).toContain("replace aws:eks/cluster:Cluster platform");
    expect(found.join("\n")).toMatch(/unable to replace resource "\S+Cluster::platform"\s+as it is currently marked/);
  });

  test("would lose its network to another range of addresses", async () => {
    await earlier();
    const values = simulatedValues();
    const platform = { ...(values["monofarm:platform"] as object), cidr: "10.80.0.0/16" };
    expect(await losses({ ...values, "monofarm:platform": platform })).toContain("replace aws:ec2/vpc:Vpc platform");
  });

  test("would have its shards made anew for stores of another size", async () => {
    await earlier();
    const values = simulatedValues();
    const storage = values["monofarm:storage"] as { cas: object };
    const changed = { ...storage, cas: { ...storage.cas, sizeMiB: 819_200 } };
    expect(await losses({ ...values, "monofarm:storage": changed })).toEqual([
      "replace kubernetes:apps/v1:StatefulSet storage",
    ]);
  });

  test("is refused buckets of other names", async () => {
    await earlier();
    const values = simulatedValues();
    const artifacts = { ...(values["monofarm:artifacts"] as object), prefix: "another-farm-" };
    const found = await losses({ ...values, "monofarm:artifacts": artifacts });
    expect(found.join("\n")).toMatch(
      /unable to replace resource "\S+Bucket::release"\s+as it is currently marked for protection/,
    );
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { WORKER_CLASSES, workersName } from "../../components/buildbarn/worker-class";
import { LOCKED, PURPOSES } from "../../components/artifacts/purposes";
import { committedConfig } from "../../local/stack/stack-file";
import { Simulation } from "../../local/simulation/simulation";
import { policyArguments } from "../../local/stack/policies";
import { presentTools } from "../../local/toolbox/toolbox";
import { SERVERS } from "../../policies/predicates/identity";
import { violationsIn } from "../policies/engine/preview";
import { awsValues } from "../stacks/aws-values";
import type { Values } from "../stacks/golden";

/** Node groups, each with a launch template that AWS has yet to number. */
const POOLS = ["system-arm64", "storage-arm64", "client-arm64", "worker-arm64", "worker-amd64"];

/** What only AWS can tell: documents hold ARNs of what is made with them, and a namespace is known by its cluster. */
const OPEN = [
  ...["amd64", "arm64"].flatMap((each) => WORKER_CLASSES.map((one) => `admission-bound ${workersName(each, one)}`)),
  ...PURPOSES.map((purpose) => `bucket-baseline ${purpose}`),
  "github-trust-tight artifacts-planner",
  "github-trust-tight artifacts-publisher",
  ...POOLS.map((pool) => `ami-and-version-pinned platform-${pool}`),
  "iam-least artifacts-client",
  // Whom the role trusts, and what it may.
  ...["planner", "publisher"].flatMap((writer) => Array<string>(2).fill(`iam-least artifacts-${writer}`)),
  "ac-write-workers-only storage",
  ...SERVERS.map((server) => `grpc-authenticated ${server}`),
  // Its Role, and what binds that and its ClusterRole: who knows yet that workers are in another namespace?
  ...Array<string>(3).fill("roles-least cluster-autoscaler"),
  ...LOCKED.map((purpose) => `release-worm ${purpose}`),
];

describe("the packs on the farm on a simulated AWS", () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await Simulation.start(await presentTools());
  });
  afterAll(() => {
    simulation.end();
  });

  const violations = (...command: string[]) =>
    violationsIn((onLine) => simulation.pulumi([...command, ...policyArguments("aws")], awsValues(), onLine));

  test("find nothing in a first preview, where it has no cluster yet, and say what is open", async () => {
    const found = await violations("preview");
    expect(found.filter(({ isUndecided }) => !isUndecided)).toEqual([]);
    const open = found.map(({ policy, resource }) => `${policy} ${resource}`);
    expect(open.sort()).toEqual([...OPEN].sort());
  });

  test("find nothing when it is made, and leave nothing open", async () => {
    expect(await violations("up", "--yes", "--skip-preview")).toEqual([]);
  });

  test("find nothing in a release on it, but that its pods share the nodes' users, which is an advice", async () => {
    await simulation.addStack("release");
    const values = committedConfig("release");
    const slice = { ...(values["monofarm:release"] as Values), workspace: "0".repeat(64) };
    const found = await violationsIn((onLine) =>
      simulation.pulumi(
        ["up", "--yes", ...policyArguments("aws")],
        { ...values, "monofarm:farm": "aws", "monofarm:release": slice },
        onLine,
        "release",
      ),
    );
    expect(simulation.done().filter((line) => line.includes(":Job")).length).toBeGreaterThan(0);
    const said = found.map(({ level, policy, isUndecided }) => `${level} ${policy} ${isUndecided}`);
    expect([...new Set(said)]).toEqual(["advisory userns-for-builds false"]);
  });
});

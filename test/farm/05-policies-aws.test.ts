import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Simulation } from "../../local/simulation/simulation";
import { policyArguments } from "../../local/stack/policies";
import { presentTools } from "../../local/toolbox/toolbox";
import { violationsIn } from "../policies/engine/preview";
import { awsValues } from "../stacks/aws-values";

/** What only AWS can tell: documents hold ARNs of what is made with them, and a namespace is known by its cluster. */
const OPEN = [
  "admission-bound worker-amd64",
  "admission-bound worker-arm64",
  "github-trust-tight artifacts-planner",
  "github-trust-tight artifacts-publisher",
  "iam-least artifacts-client",
  "iam-least artifacts-planner",
  "iam-least artifacts-publisher",
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
    expect(open.sort()).toEqual(OPEN);
  });

  test("find nothing when it is made, and leave nothing open", async () => {
    expect(await violations("up", "--yes", "--skip-preview")).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { IMAGES } from "../../components/artifacts/aws/registry";
import { Simulation } from "../../local/simulation/simulation";
import { changesIn } from "../../local/stack/pulumi";
import { presentTools } from "../../local/toolbox/toolbox";
import { DOCUMENTS } from "../docs/documents";

const UP = ["up", "--yes", "--skip-preview"];

/** What docs/aws.md targets before any image is pushed. */
function targets(): string[] {
  const guide = DOCUMENTS.find(({ file }) => file === "docs/aws.md");
  const block = guide?.blocks.find(({ text }) => text.includes("--target"))?.text ?? "";
  return [...block.matchAll(/--target '([^']+)'/g)].flatMap(([, target = ""]) => ["--target", target]);
}

describe("the first pulumi up on a simulated AWS, in the order of docs/aws.md", () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await Simulation.start(await presentTools());
  });
  afterAll(() => {
    simulation.end();
  });

  test("makes all of AWS', repositories for every image among it, and no pod", async () => {
    expect(targets()).toHaveLength(4);
    const { created } = changesIn(await simulation.pulumi([...UP, ...targets()]));
    expect(created).toBeGreaterThan(150);
    const done = simulation.done();
    const kinds = ["repository:Repository", "repositoryPolicy:RepositoryPolicy", "lifecyclePolicy:LifecyclePolicy"];
    const expected = kinds.flatMap((kind) => IMAGES.map((image) => `create aws:ecr/${kind} ${image}`));
    expect(done).toEqual(expect.arrayContaining([...expected, "create aws:kms/key:Key images"]));
    expect(done.filter((line) => !line.startsWith("create aws:"))).toEqual([]);
  });

  test("then all the rest, and nothing of AWS' again", async () => {
    const { created, updated, replaced, deleted } = changesIn(await simulation.pulumi(UP));
    expect(created).toBeGreaterThan(100);
    expect({ updated, replaced, deleted }).toEqual({ updated: 0, replaced: 0, deleted: 0 });
    const done = simulation.done();
    expect(done.filter((line) => line.includes(" aws:"))).toEqual([]);
    for (const awaited of ["batch/v1:Job token-keys", "apps/v1:Deployment cluster-autoscaler"])
      expect(done).toContain(`create kubernetes:${awaited}`);
    expect(changesIn(await simulation.pulumi(UP))).toMatchObject({ created: 0, updated: 0, replaced: 0, deleted: 0 });
  });
});

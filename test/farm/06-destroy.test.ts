import { expect, test } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { changesIn, pulumi } from "../../local/stack/pulumi";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm, release } from "./cluster";

interface Named {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function names(path: string): Promise<string[]> {
  const { items } = await kubeRequest<Named>("GET", path);
  return items.map(({ metadata }) => metadata.name);
}

test("pulumi destroy leaves nothing of a release and of a farm; ./farm up brings both back from the cache", async () => {
  const programs = await presentTools();
  for (const stack of ["release", "local"] as const) {
    const output = await pulumi(programs, stack, ["destroy", "--yes", "--skip-preview"]);
    expect(changesIn(output).deleted).toBeGreaterThan(3);
  }
  expect((await names("/api/v1/namespaces")).filter((name) => name.startsWith("monofarm"))).toEqual([]);
  expect(await names("/api/v1/persistentvolumes")).toEqual([]);
  expect(await names("/apis/storage.k8s.io/v1/storageclasses")).toEqual([]);
  expect(await names("/api/v1/pods")).toEqual([]);

  const { code, stderr } = await farm("up");
  expect(code, stderr).toBe(0);
  const { release: again } = await release("status");
  expect(again.verdicts.map(({ status }) => status)).toEqual(["cached", "cached", "cached"]);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CHECKOUT } from "../../local/directories";
import { changesIn } from "../../local/stack/pulumi";
import { ACCOUNT, Fork } from "./fork";

const UP = ["up", "--yes", "--skip-preview"];

describe("the components as a package", () => {
  let fork: Fork;
  beforeAll(async () => {
    fork = await Fork.start();
  });
  afterAll(() => {
    fork.end();
  });

  test("have the schema that is committed: pulumi package get-schema ./components > components/schema.json", async () => {
    const committed = JSON.parse(readFileSync(join(CHECKOUT, "components", "schema.json"), "utf8")) as unknown;
    expect(await fork.schema()).toEqual(committed);
  });

  test("are previewed from a program in YAML, and nothing is made", async () => {
    expect(await fork.pulumi(["preview"])).toMatch(/\+ 1\d\d to create/);
    expect(fork.done()).toEqual([]);
  });

  test("are made from it, BuildBarn after the nodes, and tell what clients and workflows need", async () => {
    const output = await fork.pulumi(UP);
    expect(changesIn(output).created).toBeGreaterThan(130);
    expect(output).toContain("grpc://frontend.monofarm:8980");
    expect(output).toContain("arn:aws:simulated:::aws:iam/role:Role/artifacts-client");
    const done = fork.done();
    const nodes = done.findLastIndex((line) => line.startsWith("create aws:eks/nodeGroup:NodeGroup"));
    expect(nodes).toBeGreaterThan(0);
    expect(done.indexOf("create kubernetes:core/v1:Namespace buildbarn")).toBeGreaterThan(nodes);
  });

  test("are the same the second time", async () => {
    const changes = changesIn(await fork.pulumi(UP));
    expect(changes).toMatchObject({ created: 0, updated: 0, deleted: 0, replaced: 0 });
    expect(fork.done()).toEqual([]);
  });

  test("refuse what cannot be, by its property", async () => {
    const byTag = { ...ACCOUNT, "fork:workerImage": "registry.example/worker:latest" };
    await expect(fork.pulumi(["preview"], byTag)).rejects.toThrow(
      /workers\.image: found registry\.example\/worker:latest; allowed: an image by digest/,
    );
  });
});

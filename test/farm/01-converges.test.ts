import { describe, expect, test } from "vitest";

import { kubeRequest } from "../../local/node/api";
import { nodeStatus } from "../../local/node/node";
import { readRecord, stopDaemon } from "../../local/node/process";
import { FARM_LAYOUT, paths } from "../../local/node/layout";
import { pulumi } from "../../local/stack/pulumi";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm } from "./cluster";

describe("a farm that stands", () => {
  test("is left alone by a second ./farm up", async () => {
    const { code, stdout } = await farm("up");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("Nothing had to change");
  });

  test.each(["local", "release"] as const)("has nothing for pulumi preview -s %s to change", async (stack) => {
    const output = await pulumi(await presentTools(), stack, ["preview", "--expect-no-changes"]);
    expect(output).toMatch(/\d+ unchanged/);
  });

  test("is shown on one screen", async () => {
    const { code, stdout } = await farm("status");
    expect(code, stdout).toBe(0);
    for (const part of ["kube-apiserver", "storage-1", "worker-amd64-narrow", "worker-amd64-wide", "0 queued", "0 red"])
      expect(stdout).toContain(part);
  });

  test("gets a daemon back that died, and keeps the others", async () => {
    const at = paths(FARM_LAYOUT);
    const kept = readRecord(at.daemons, "kube-apiserver");
    await stopDaemon(at.daemons, "kube-scheduler", 0);
    const before = await nodeStatus(await presentTools());
    expect(before.daemons.filter(({ serves }) => !serves).map(({ name }) => name)).toEqual(["kube-scheduler"]);
    const { code, stderr } = await farm("up");
    expect(code, stderr).toBe(0);
    const after = await nodeStatus(await presentTools());
    expect(after.daemons.filter(({ serves }) => !serves)).toEqual([]);
    expect(readRecord(at.daemons, "kube-apiserver")).toEqual(kept);
  });
});

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly containers: readonly { readonly image: string }[] };
  }[];
}

test("every pod runs an image by digest", async () => {
  const { items } = await kubeRequest<Pods>("GET", "/api/v1/pods");
  const images = items.flatMap(({ spec }) => spec.containers.map(({ image }) => image));
  expect(images.length).toBeGreaterThan(5);
  for (const image of images) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
});

import { spawnSync } from "node:child_process";

import { beforeAll, describe, expect, it } from "vitest";

import { bundlePrograms, type Programs } from "../../local/release/bundle";

describe("bundlePrograms", () => {
  let programs: Programs;
  beforeAll(async () => {
    programs = await bundlePrograms();
  });
  const started = (name: keyof Programs) =>
    spawnSync(process.execPath, ["-"], { input: programs[name], env: {}, encoding: "utf8" });

  it("gives the same programs every time", async () => {
    expect(await bundlePrograms()).toEqual(programs);
  });

  it("of which the clients' starts alone and names what its pod lacks", () => {
    const { status, stderr } = started("run-shard.js");
    expect(stderr.trim()).toBe(
      "run-shard: environment of the pod: MONOFARM_RELEASE: found nothing; allowed: the release's id",
    );
    expect(status).toBe(3);
  });

  it("and the autoscaler's starts alone and names the file that it lacks", () => {
    const { status, stdout } = started("autoscale.js");
    expect(stdout).toMatch(/^\S+Z ENOENT: no such file or directory/);
    expect(status).toBe(1);
  });
});

import { spawnSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { bundleShardRunner } from "../../local/release/bundle";

describe("bundleShardRunner", () => {
  it("gives the same program every time, which starts alone and names what its pod lacks", async () => {
    const program = await bundleShardRunner();
    expect(await bundleShardRunner()).toBe(program);
    const { status, stderr } = spawnSync(process.execPath, ["-"], { input: program, env: {}, encoding: "utf8" });
    expect(stderr.trim()).toBe(
      "run-shard: environment of the pod: MONOFARM_RELEASE: found nothing; allowed: the release's id",
    );
    expect(status).toBe(3);
  });
});

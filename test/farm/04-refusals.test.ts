import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";

import { WORKER_CLASSES } from "../../components/buildbarn/worker-class";
import { farm, release } from "./cluster";
import { frontendClient, platform } from "./identities";

describe("bad input changes nothing", () => {
  test.each([
    [["release", "//postgres:postgres~16.9~nothing"], /found .*nothing.*allowed: .*postgres~16\.9~/],
    [["release", "//postgres:postgres~99.1~barebones"], /found .*99\.1.*allowed: /],
    [["release", "--arch", "arm64"], /found arm64; allowed: what the farm has workers for: amd64/],
  ])("./farm %j is one clear line", async (args, line) => {
    const { release: before } = await release("status");
    const { code, stderr } = await farm(...args);
    const lines = stderr.trim().split("\n");
    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect((await release("status")).release.id).toBe(before.id);
  });
});

describe("an action whose platform has no pool", () => {
  test.each([
    ["architecture", { Arch: "riscv64" }, /No workers exist .*riscv64/],
    ["class of workers", { class: "huge" }, /No workers exist .*"class".*"huge"/],
  ])("is refused at once for its %s, and runs where it has one", async (_, change, details) => {
    const frontend = await frontendClient();
    const asked = { arguments: ["/bin/true"], platform: await platform() };
    expect((await frontend.execute(asked)).exitCode).toBe(0);
    await expect(frontend.execute({ ...asked, platform: { ...asked.platform, ...change } })).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(details) as unknown,
    });
  });

  test("is refused at once where it names no class", async () => {
    const without = Object.entries(await platform()).filter(([name]) => name !== "class");
    const asked = { arguments: ["/bin/true"], platform: Object.fromEntries(without) };
    await expect((await frontendClient()).execute(asked)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(/No workers exist/) as unknown,
    });
  });
});

test.each(WORKER_CLASSES)(
  "a %s worker runs what asks for it, and shows how many cores it gives",
  async (workerClass) => {
    // What the example's steps read: a quota, or none.
    const read = "cat /sys/fs/cgroup/cpu.max 2>/dev/null || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us";
    const { stdout } = await (
      await frontendClient()
    ).execute({ arguments: ["/bin/sh", "-c", read], platform: await platform("amd64", workerClass) });
    expect(stdout.trim()).toMatch(workerClass === "narrow" ? /^100000\b/ : /^(max|-1)\b/);
  },
);

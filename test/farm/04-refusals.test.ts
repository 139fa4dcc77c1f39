import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";

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

test("an action is refused at once whose platform has no pool, and runs where it has one", async () => {
  const frontend = await frontendClient();
  const asked = { arguments: ["/bin/true"], platform: await platform() };
  expect((await frontend.execute(asked)).exitCode).toBe(0);
  await expect(frontend.execute({ ...asked, platform: { ...asked.platform, Arch: "riscv64" } })).rejects.toMatchObject({
    code: status.FAILED_PRECONDITION,
    details: expect.stringMatching(/No workers exist .*riscv64/) as unknown,
  });
});

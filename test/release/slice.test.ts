import { describe, expect, it } from "vitest";

import { releaseSlice } from "../../local/release/release";

const text = (extra: string) =>
  `config:\n  monofarm:program: release\n  monofarm:farm: local\n  monofarm:release:\n    index: examples/postgres\n${extra}`;

describe("releaseSlice", () => {
  it("takes what the command line asks for before what the stack says", () => {
    const committed = text("    targets: [//a:b]\n    architectures: [arm64]\n");
    expect(releaseSlice({}, committed)).toEqual({
      index: "examples/postgres",
      targets: ["//a:b"],
      architectures: ["arm64"],
    });
    expect(releaseSlice({ targets: [], architectures: ["amd64"] }, committed)).toMatchObject({
      targets: [],
      architectures: ["amd64"],
    });
  });

  it("reads the committed stack", () => {
    expect(releaseSlice({}).targets).toContain("//postgres:postgres~16.9~barebones");
  });

  it.each([
    ["    shardCpuSeconds: 0\n", "shardCpuSeconds: found 0; allowed: a whole number from 1 to 10000000"],
    ["    parallelism: many\n", 'parallelism: found "many"; allowed: a whole number from 1 to 100000'],
    ["    architectures: [sparc]\n", 'architectures.0: found "sparc"'],
    ["    architectures: []\n", "architectures: found []; allowed: amd64, arm64 or both"],
    ["    target: [//a:b]\n", "found"],
  ])("refuses %j, naming the key", (extra, message) => {
    expect(() => releaseSlice({}, text(extra))).toThrow("stacks/Pulumi.release.yaml: monofarm:release");
    expect(() => releaseSlice({}, text(extra))).toThrow(message);
  });

  it("refuses a file without the slice", () => {
    expect(() => releaseSlice({}, "config: {}\n")).toThrow(
      "stacks/Pulumi.release.yaml: monofarm:release.index: found nothing; allowed: a folder",
    );
  });
});

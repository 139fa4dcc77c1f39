import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { CHECKOUT } from "../../local/directories";

function farm(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(join(CHECKOUT, "farm"), args, { encoding: "utf8", env });
  return { status, stdout, lines: stderr.trim().split("\n") };
}

describe("a mistake on the command line is one line, and nothing is done", () => {
  test.each([
    [["upp"], "./farm: found upp; allowed: --help, or a command: up, test, "],
    [["toString"], "./farm: found toString; allowed: --help, or a command: "],
    [["--version"], "./farm: found --version; allowed: --help, or a command: "],
    [["up", "--shards"], "./farm up: found Unknown option '--shards'; allowed: the options --arch, "],
    [["up", "now"], "./farm up: found now; allowed: the options "],
    [["up", "--arch", "sparc"], "./farm up --arch: found sparc; allowed: amd64, arm64"],
    [["up", "--arch", "arm64"], "./farm up --arch: found arm64; allowed: amd64 or amd64,arm64"],
    [["down", "purge"], "./farm down: found purge; allowed: the options --purge, --help"],
    [["status", "--wide"], "./farm status: found Unknown option '--wide'; allowed: the options "],
    [["page", "open"], "./farm page: found open; allowed: the options --port, --help"],
    [["page", "--port", "80x"], "./farm page --port: found 80x; allowed: a port, 1 to 65535"],
    [["env", "local"], "./farm env: found local; allowed: the options --help"],
    [["toolbox", "list"], "./farm toolbox: found list; allowed: the options --json, --help"],
    [["publish", "--again"], "./farm publish: found Unknown option '--again'; allowed: the options --arch, "],
    [["publish", "none.json"], "./farm publish: found none.json; allowed: a file with a farm's facts"],
    [["publish", "package.json"], "./farm publish: found no --builder; allowed: a URI of who runs the build"],
    [
      ["publish", "--expect", "F".repeat(64)],
      `./farm publish --expect: found ${"F".repeat(64)}; allowed: 64 lower-case`,
    ],
    [["publish", "--adopt"], "./farm publish: found --adopt; allowed: that with --sign alone"],
    [["publish", "--builder", "me"], "./farm publish --builder: found me; allowed: a URI"],
    [["push"], "./farm push: found no registry; allowed: one REGISTRY"],
    [["push", "ghcr.io/a", "ghcr.io/b"], "./farm push: found ghcr.io/b; allowed: one REGISTRY"],
    [["push", "https://ghcr.io/a"], "./farm push: found https://ghcr.io/a; allowed: a host and what stands before"],
    [["push", "ghcr.io/a", "--arch", "arm64"], "./farm push --arch: found arm64; allowed: amd64 or amd64,arm64"],
    [["push", "ghcr.io/a", "--tag", "1"], "./farm push: found Unknown option '--tag'; allowed: the options --arch, "],
    [["test", "fast"], "./farm test: found fast; allowed: a stage: "],
    [["why", "pgvector"], "./farm why: found pgvector; allowed: EXTENSION VERSION POSTGRES"],
  ])("./farm %j", (args, line) => {
    const { status, stdout, lines } = farm(args);
    expect(stdout).toBe("");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`farm: ${line}`);
    expect(status).toBe(2);
  });

  test("MONOFARM_NAME=..", () => {
    const { status, lines } = farm(["down", "--purge"], { MONOFARM_NAME: ".." });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("MONOFARM_NAME: found ..; allowed: ");
    expect(status).toBe(2);
  });
});

test.each([[["-h"]], [["--help"]], [["help"]], [["plan", "-h"]]])("./farm %j helps", (args) => {
  expect(farm(args)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Usage: ./farm") as string,
    lines: [""],
  });
});

test.each([
  "up",
  "test",
  "status",
  "page",
  "release",
  "submit",
  "publish",
  "push",
  "plan",
  "why",
  "rotate-keys",
  "toolbox",
  "env",
  "down",
])("./farm %s --help says how it is used, and does nothing", (command) => {
  const { status, stdout } = farm([command, "--help"]);
  expect(stdout).toMatch(new RegExp(`Usage: .*\\./farm ${command}`));
  expect(status).toBe(0);
});

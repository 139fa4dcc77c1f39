import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { STARTUP_FLAGS } from "../../components/matrix/run-shard/bazel";
import { HERMETIC } from "../../policies/hermetic/rules";
import { lintWorkspace } from "../../policies/workspace";

const EXAMPLE = readFileSync(join(__dirname, "../../examples/postgres/.bazelrc"), "utf8");

const lint = (bazelrc: string, downloader?: string) =>
  lintWorkspace({ bazelrc, ...(downloader !== undefined && { downloader }) }, HERMETIC, STARTUP_FLAGS).map(
    ({ rule, config, found }) => `${rule.id} ${config} ${found}`,
  );

test("the example workspace holds every rule about Bazel", () => {
  expect(lint(EXAMPLE)).toEqual([]);
});

describe("a line more is found under the configuration that builds remotely", () => {
  test.each([
    ["build --action_env=PATH", ["H07 remote --actionEnv[0]: PATH"]],
    ["build:remote --stamp", ["H07 remote --stamp: true"]],
    ["build:remote --remote_upload_local_results", ["H06 remote --remote_upload_local_results: true"]],
    ["build:remote --remote_local_fallback", ["H06 remote --remote_local_fallback: true"]],
    [
      "build:bes --bes_backend=grpcs://events.example\nbuild:remote --config=bes",
      ["H24 remote --bes_backend: grpcs://events.example"],
    ],
    ["build:linux-arm64 --stamp", []],
    ["# build --stamp", []],
  ])("%j", (line, found) => {
    expect(lint(`${EXAMPLE}\n${line}\n`)).toEqual(found);
  });
});

test("flags as Monogres' own farm has them: events leave the farm, and the downloader blocks nothing", () => {
  const monogres = [
    "common --keep_going",
    "build --nostamp --incompatible_strict_action_env --experimental_guard_against_concurrent_changes",
    "build:remote --jobs=50 --noremote_upload_local_results --remote_timeout=5m --spawn_strategy=remote",
    "build:bes-buildbuddy --bes_backend=grpcs://app.buildbuddy.io",
    "build:remote-buildbarn --config=remote --config=bes-buildbuddy --remote_executor=grpcs://rbe.monogres.dev",
  ].join("\n");
  expect(lint(monogres, "rewrite ftp.gnu.org/(.*) mirrors.kernel.org/$1")).toEqual([
    "H24 remote-buildbarn --bes_backend: grpcs://app.buildbuddy.io",
    "H08  --last: rewrite ftp.gnu.org/(.*) mirrors.kernel.org/$1",
  ]);
});

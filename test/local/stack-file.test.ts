import { describe, expect, test } from "vitest";

import { checkFarmConfig, checkReleaseConfig } from "../../local/stack/check";
import { farmValues } from "../../local/stack/machine";
import { parseStackFile } from "../../local/stack/stack-file";

const FILE = "stacks/Pulumi.local.yaml";

describe("the file of a stack", () => {
  test.each([
    [
      "config:\n  monofarm:storage: { shards: 2\n  monofarm:workers: {}\n",
      /^stacks\/Pulumi\.local\.yaml:3:\d+: found .+; allowed: YAML$/,
    ],
    ["config:\n  a: 1\n  a: 2\n", /^stacks\/Pulumi\.local\.yaml:3:\d+: found .*unique.*; allowed: YAML$/],
    ["- a\n", /^stacks\/Pulumi\.local\.yaml: found \["a"\]; allowed: keys and values/],
    ["config: farm\n", /^stacks\/Pulumi\.local\.yaml: config: found "farm"; allowed: keys and values$/],
  ])("%j is refused in one line that names the place", (text, line) => {
    expect(() => parseStackFile(FILE, text)).toThrow(line);
  });

  test("may have no configuration", () => {
    expect(parseStackFile(FILE, "")).toEqual({});
    expect(parseStackFile(FILE, "config:\n")).toEqual({ config: {} });
  });
});

test("the committed configuration of this machine's farm and releases is right", () => {
  expect(() => {
    checkFarmConfig(["amd64", "arm64"]);
    checkReleaseConfig();
  }).not.toThrow();
});

test("misspelt workers are no mistake of the program's own", () => {
  const values = farmValues({}, ["amd64", "arm64"], { "monofarm:worker": { pools: [] } });
  expect(Object.keys(values)).toEqual(["monofarm:platform", "monofarm:images"]);
});

test("a release's file tells all its mistakes", () => {
  const config = {
    "monofarm:program": "releas",
    "monofarm:farm": "local",
    "monofarm:release": { index: "examples/postgres", architectures: ["sparc"] },
  };
  expect(() => {
    checkReleaseConfig(config);
  }).toThrow(/monofarm:program: found "releas".*\n.*monofarm:release\.architectures\.0: found "sparc"/);
});

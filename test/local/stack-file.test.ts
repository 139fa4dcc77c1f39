import { describe, expect, test } from "vitest";

import { checkFarmConfig, checkReleaseConfig } from "../../local/stack/check";
import { farmValues } from "../../local/stack/machine";
import { parseStackFile } from "../../local/stack/stack-file";
import { storageIn } from "../../local/stack/storage";

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

test.each<[string, Record<string, unknown>, string[]]>([
  [
    "misspelt",
    { "monofarm:storge": {} },
    ["storge: found {}; allowed: the keys monofarm:program, ", "storage.shards: found nothing; allowed: "],
  ],
  [
    "incomplete",
    { "monofarm:storage": { shards: 0 } },
    ["storage.shards: found 0; allowed: ", "storage.cas.sizeMiB: found nothing; allowed: "],
  ],
  [
    "of no program",
    { "monofarm:program": "frm" },
    ['program: found "frm"; allowed: farm', "storage.ac.sizeMiB: found"],
  ],
])("a farm's storage that is %s is told by file and key", (_, config, lines) => {
  const file = "stacks/Pulumi.aws.yaml";
  for (const line of lines)
    expect(() => storageIn({ "monofarm:program": "farm", ...config }, file)).toThrow(`${file}: monofarm:${line}`);
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

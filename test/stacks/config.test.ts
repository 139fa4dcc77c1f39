import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { checkConfig } from "../../stacks/config/check";
import { RELEASE_SLICES } from "../../stacks/config/release";

const digest = (letter: string) => `registry.example/${letter}@sha256:${letter.repeat(64)}`;
const FILE = "stacks/Pulumi.local.yaml";

/** The committed configuration and what a machine adds, as Pulumi gives it: texts. */
function config(
  change: (values: Record<string, Record<string, unknown>>) => void = () => undefined,
): Record<string, string> {
  const text = readFileSync(join(__dirname, "..", "..", FILE), "utf8");
  const values = (parse(text) as { config: Record<string, Record<string, unknown>> }).config;
  values["monofarm:platform"] = {
    kind: "local",
    kubeconfig: "/kubeconfig",
    localVolumes: { directory: "/volumes", node: "farm" },
    pools: ["system", "storage", "client", "worker"].map((role) => ({ role, architecture: "amd64" })),
  };
  values["monofarm:images"] = {
    buildbarn: digest("a"),
    client: digest("b"),
    s3: digest("c"),
    prometheus: digest("e"),
    workers: { amd64: digest("d") },
  };
  change(values);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

describe("the configuration of a farm", () => {
  test("is accepted as it is committed, with sizes in bytes", () => {
    const { storage } = checkConfig(FARM_SLICES, config(), FILE, crossCheckFarm);
    expect(storage.shards).toBe(2);
    expect(storage.cas.sizeMiB).toBe(8192 * 2 ** 20);
  });

  const mistakes: [string, (values: Record<string, Record<string, unknown>>) => void, RegExp][] = [
    [
      "no shard",
      (c) => Object.assign(c["monofarm:storage"] ?? {}, { shards: 0 }),
      /local\.yaml: monofarm:storage\.shards: found 0; allowed: a whole number from 1 to 64/,
    ],
    [
      "half a shard",
      (c) => Object.assign(c["monofarm:storage"] ?? {}, { shards: 1.5 }),
      /monofarm:storage\.shards: found 1\.5; allowed: a whole number/,
    ],
    [
      "an unknown key",
      (c) => Object.assign(c, { "monofarm:storag": {} }),
      /monofarm:storag: found .*; allowed: the keys monofarm:program, monofarm:platform/,
    ],
    [
      "an unknown key inside",
      (c) => Object.assign(c["monofarm:storage"] ?? {}, { shard: 2 }),
      /monofarm:storage: .*no shard here/,
    ],
    [
      "an image by tag",
      (c) => Object.assign(c["monofarm:images"] ?? {}, { client: "client:latest" }),
      /monofarm:images\.client: found "client:latest"; allowed: an image by digest/,
    ],
    [
      "another architecture",
      (c) => Object.assign(c["monofarm:platform"] ?? {}, { pools: [{ role: "worker", architecture: "s390x" }] }),
      /pools\.0\.architecture: found "s390x"; allowed: amd64, arm64/,
    ],
    [
      "nothing at all",
      (c) => {
        delete c["monofarm:images"];
      },
      /monofarm:images: found nothing; allowed: /,
    ],
    [
      "a place of another kind",
      (c) => Object.assign(c["monofarm:platform"] ?? {}, { kind: "nomad" }),
      /monofarm:platform\.kind: found "nomad"; allowed: local/,
    ],
    [
      "workers that have no image",
      (c) => Object.assign(c["monofarm:images"] ?? {}, { workers: {} }),
      /monofarm:images\.workers\.amd64: found nothing; allowed: an image by digest/,
    ],
    [
      "no nodes for the storage",
      (c) => {
        const platform = c["monofarm:platform"] as { pools: { role: string }[] };
        platform.pools = platform.pools.filter(({ role }) => role !== "storage");
      },
      /monofarm:platform\.pools: found "no pool of role storage"/,
    ],
    [
      "a lock that nobody asked for or refused",
      (c) => {
        delete c["monofarm:artifacts"]?.["releaseLock"];
      },
      /monofarm:artifacts\.releaseLock: found nothing; allowed: \{ days: N \}.*or none/,
    ],
    [
      "a lock and its destruction",
      (c) => Object.assign(c["monofarm:artifacts"] ?? {}, { releaseLock: { days: 30 } }),
      /monofarm:artifacts\.forceDestroy: found true; allowed: false/,
    ],
  ];
  test.each(mistakes)("with %s is refused in one line", (_, change, line) => {
    const check = () => checkConfig(FARM_SLICES, config(change), FILE, crossCheckFarm);
    expect(check).toThrow(line);
    expect(check).toThrow(/^[^\n]+$/);
  });

  test("shows all its mistakes at once", () => {
    const both = config((c) => {
      Object.assign(c["monofarm:storage"] ?? {}, { shards: -1 });
      Object.assign(c["monofarm:images"] ?? {}, { buildbarn: "x" });
    });
    expect(() => checkConfig(FARM_SLICES, both, FILE)).toThrow(/2 mistakes\n.*buildbarn.*\n.*shards/s);
  });
});

test("a release without a stored workspace says where one comes from", () => {
  const raw = {
    "monofarm:program": "release",
    "monofarm:farm": "local",
    "monofarm:release": '{"index":"examples/postgres"}',
  };
  expect(() => checkConfig(RELEASE_SLICES, raw, "stacks/Pulumi.release.yaml")).toThrow(
    /monofarm:release\.workspace: found nothing/,
  );
});

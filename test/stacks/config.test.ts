import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { refusalOf } from "../../components/user-error";
import { asTexts, committedConfig } from "../../local/stack/stack-file";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { checkConfig } from "../../stacks/config/check";
import { issuesOf } from "../../stacks/config/issues";
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

type Mistake = [string, (values: Record<string, Record<string, unknown>>) => void, RegExp];

/** The first pool of workers. */
function pool(values: Record<string, Record<string, unknown>>): object {
  return (values["monofarm:workers"]?.["pools"] as object[])[0] ?? {};
}

/** The lines of what a check says. */
function linesOf(check: () => unknown): string[] {
  return refusalOf(check)?.message.split("\n  ") ?? [];
}

describe("the configuration of a farm", () => {
  test("is accepted as it is committed, with sizes in bytes", () => {
    const { storage } = checkConfig(FARM_SLICES, config(), FILE, crossCheckFarm);
    expect(storage.shards).toBe(2);
    expect(storage.cas.sizeMiB).toBe(8192 * 2 ** 20);
  });

  test.each([
    ["2", "2Gi"],
    ["500m", "1.5Gi"],
    ["100", "1048576"],
    ["1", "1024Ki"],
  ])("may ask for %s CPUs and %s", (cpu, memory) => {
    const values = config((c) => Object.assign(pool(c), { class: "wide", cpu, memory }));
    expect(() => checkConfig(FARM_SLICES, values, FILE)).not.toThrow();
  });

  const mistakes: Mistake[] = [
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
      /monofarm:storage\.shard: found 2; allowed: the keys shards, cas, ac$/,
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
      "an unknown key of a pool",
      (c) => Object.assign((c["monofarm:platform"]?.["pools"] as object[])[0] ?? {}, { foo: 2 }),
      /platform\.pools\.0\.foo: found 2; allowed: the keys role, architecture, emulated, nodeSelector, tolerations$/,
    ],
    [
      "a text where keys belong",
      (c) => Object.assign(c, { "monofarm:storage": "" }),
      /monofarm:storage: found ""; allowed: the keys shards, cas, ac$/,
    ],
    [
      "blobs that are larger than a block",
      (c) => Object.assign(c["monofarm:storage"]?.["cas"] ?? {}, { sizeMiB: 100 }),
      /monofarm:storage\.cas\.sizeMiB: found 100; allowed: at least 7600 MiB a shard, so that the largest blob/,
    ],
    [
      "a prefix that no bucket's name may start with",
      (c) => Object.assign(c["monofarm:artifacts"] ?? {}, { prefix: "---" }),
      /monofarm:artifacts\.prefix: found "---"; allowed: lower-case letters, digits and hyphens, the first/,
    ],
    ...(["1Gi", "0", "m", 1] as const).map((cpu): Mistake => [
      `CPUs of ${cpu}`,
      (c) => Object.assign(pool(c), { cpu }),
      /monofarm:workers\.pools\.0\.cpu: found .*; allowed: CPUs, quoted: whole ones or thousandths/,
    ]),
    ...(["500m", "4", "4Ki", "1048575", "1Xi"] as const).map((memory): Mistake => [
      `memory of ${memory}`,
      (c) => Object.assign(pool(c), { memory }),
      /monofarm:workers\.pools\.0\.memory: found .*; allowed: memory of at least 1Mi/,
    ]),
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

  test("names the keys that must be in what is missing", () => {
    const bare = config((c) => {
      delete c["monofarm:images"];
      delete c["monofarm:storage"]?.["cas"];
      delete c["monofarm:workers"];
    });
    const image = "an image by digest, name@sha256:<64 hexadecimal digits>";
    expect(linesOf(() => checkConfig(FARM_SLICES, bare, FILE))).toEqual([
      "12 mistakes",
      ...[
        "images.workers: found nothing; allowed: the keys amd64, arm64",
        `images.buildbarn: found nothing; allowed: ${image}`,
        `images.client: found nothing; allowed: ${image}`,
        "storage.cas.sizeMiB: found nothing; allowed: a whole number from 1 to 10000000",
        "storage.cas.meanBlobBytes: found nothing; allowed: a whole number from 1 to 1073741824",
        "storage.cas.largestBlobMiB: found nothing; allowed: a whole number from 1 to 1000000",
        "workers.maximumActionSeconds: found nothing; allowed: a whole number from 1 to 86400",
        "workers.pools.0.architecture: found nothing; allowed: amd64, arm64",
      ].map((line) => `${FILE}: monofarm:${line}`),
      expect.stringContaining("workers.pools.0.replicas: found nothing; allowed: a whole number from 0"),
      expect.stringContaining("workers.pools.0.cpu: found nothing; allowed: CPUs"),
      expect.stringContaining("workers.pools.0.memory: found nothing; allowed: memory"),
      expect.stringContaining("workers.pools.0.inputCacheMiB: found nothing; allowed: a whole number"),
    ]);
  });

  test.each([
    ["aws", ["platform.account", "platform.administrators.0", "images.buildbarn", "images.client", "images.workers"]],
    [
      "kubernetes",
      ["platform.kubeconfig", "platform.context", "platform.pools.0.role", "platform.pools.0.architecture"],
    ],
    ["kubernetes", ["images.buildbarn", "images.client", "images.workers", "artifacts.releaseLock"]],
  ])("of %s, as it is committed, is told that it lacks %j", (stack, keys) => {
    const file = `stacks/Pulumi.${stack}.yaml`;
    const lines = linesOf(() => checkConfig(FARM_SLICES, asTexts(committedConfig(stack)), file, crossCheckFarm));
    for (const key of keys)
      expect(lines).toContainEqual(expect.stringContaining(`${file}: monofarm:${key}: found nothing; allowed: `));
  });
});

describe("what schemas allow", () => {
  test.each([
    [z.number().max(5), 6, "a number up to 5"],
    [z.number().lt(5), 5, "a number below 5"],
    [z.number().min(5), 4, "a number from 5"],
    [z.number().gt(5), 5, "a number above 5"],
    [z.int(), 1.5, "a whole number"],
    [z.boolean(), "yes", "true or false"],
    [z.literal(["a", "b"]), "c", "a, b"],
  ])("is told in our words: %#", (schema, value, allowed) => {
    expect(issuesOf(schema, value)).toEqual([{ path: [], allowed }]);
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

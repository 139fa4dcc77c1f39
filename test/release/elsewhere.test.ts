import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { ReleasePlan } from "../../components/matrix/plan";
import { type Call, checkSecrets, Elsewhere } from "../../local/release/elsewhere";
import { type FarmFacts, readFacts } from "../../stacks/farm-facts";

const FARM: FarmFacts = {
  endpoint: "grpc://frontend.monofarm:8980",
  s3: {
    endpoint: "https://s3.example",
    address: "https://s3.example",
    region: "eu-west-2",
    buckets: { sources: "s", matrix: "m", release: "r", provenance: "p", repo: "o", logs: "l" },
  },
  workerImages: {},
  clientImage: "client@sha256:1",
  gatewayImage: "buildbarn@sha256:1",
  imagePullPolicy: "IfNotPresent",
  pools: [
    { architecture: "arm64", workerClass: "narrow", emulated: false, concurrency: 200 },
    { architecture: "amd64", workerClass: "wide", emulated: false, concurrency: 100 },
  ],
  storage: {
    shards: 2,
    cas: { sizeBytes: 2 ** 33, meanBlobBytes: 65_536, largestBlobBytes: 2 ** 27 },
    ac: { sizeBytes: 2 ** 28, meanBlobBytes: 2048, largestBlobBytes: 2 ** 22 },
  },
  clientPool: { nodeSelector: {}, tolerations: [] },
  namespace: "monofarm",
  kubeconfig: '{"kind":"Config"}',
  platform: { kind: "aws" },
  egress: {},
};

const JOBS = {
  items: [
    {
      metadata: { name: "rel-1-arm64", creationTimestamp: "2026-01-01T00:00:00Z" },
      status: { conditions: [{ type: "Complete", status: "True" }] },
    },
    { metadata: { name: "rel-1-amd64", creationTimestamp: "2026-01-01T00:00:00Z" } },
  ],
};

/** A farm elsewhere whose programs note what they were asked. */
function watched(answer: Call = () => Promise.resolve(""), facts: FarmFacts = FARM) {
  const calls: string[] = [];
  const farm = new Elsewhere(facts, (program, args, env) => {
    calls.push([program, ...args].join(" "));
    return answer(program, args, env);
  });
  return { farm, calls };
}

describe("a farm elsewhere", () => {
  test("is reached by its own kubeconfig, which is gone at the end", async () => {
    const { farm, calls } = watched(() => Promise.resolve(JSON.stringify(JOBS)));
    await farm.jobs({ jobs: [] } as unknown as ReleasePlan);
    const file = /--kubeconfig (\S+)/.exec(calls[0] ?? "")?.[1] ?? "";
    expect(readFileSync(file, "utf8")).toBe(FARM.kubeconfig);
    farm.end();
    expect(existsSync(file)).toBe(false);
  });

  test("is given the release's configuration, under the salt that Pulumi made for the stack", async () => {
    let seen = "";
    const { farm, calls } = watched((_, args) => {
      const at = (flag: string) => args[args.indexOf(flag) + 1] ?? "";
      if (args.includes("select"))
        writeFileSync(join(at("-C"), "Pulumi.release.yaml"), "encryptionsalt: v1:abc\nconfig: {}\n");
      if (args[0] === "up") seen = readFileSync(at("--config-file"), "utf8");
      return Promise.resolve("");
    });
    await farm.declare({ "monofarm:program": "release" });
    expect(parse(seen)).toEqual({ encryptionsalt: "v1:abc", config: { "monofarm:program": "release" } });
    expect(calls.map((call) => call.split(" ")[0])).toEqual(["pulumi", "pulumi"]);
    farm.end();
  });

  test("tells Jobs that ended from those that run, and counts those that are gone as ended", async () => {
    const { farm } = watched(() => Promise.resolve(JSON.stringify(JOBS)));
    const names = ["rel-1-arm64", "rel-1-amd64", "rel-1-gone"];
    const plan = { jobs: names.map((name) => ({ name })) } as unknown as ReleasePlan;
    const states = await farm.jobs(plan);
    expect(names.map((name) => states.get(name)?.ended)).toEqual([true, false, true]);
    farm.end();
  });
});

describe("a farm on any other cluster", () => {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kubeconfig-")), "config");
  writeFileSync(kubeconfig, "kind: Config\n");
  const fork: FarmFacts = { ...FARM, kubeconfig, platform: { kind: "kubernetes", context: "farm" } };

  test("is reached by the kubeconfig that its stack names by its path, in its context", async () => {
    let seen = "";
    const answer: Call = (_, args) => {
      seen = readFileSync(args[args.indexOf("--kubeconfig") + 1] ?? "", "utf8");
      return Promise.resolve(JSON.stringify(JOBS));
    };
    const { farm, calls } = watched(answer, fork);
    await farm.jobs({ jobs: [] } as unknown as ReleasePlan);
    expect(seen).toBe("kind: Config\n");
    expect(calls).toEqual([expect.stringMatching(/^kubectl --kubeconfig \S+ --context farm get jobs /)]);
    farm.end();
  });

  test.each([
    ["aws", FARM, ""],
    ["kubernetes", fork, undefined],
  ])("on %s Pulumi is given the passphrase %s", async (_, facts, passphrase) => {
    const seen: (string | undefined)[] = [];
    const { farm } = watched((_program, args, env) => {
      seen.push(env["PULUMI_CONFIG_PASSPHRASE"]);
      if (args.includes("select")) writeFileSync(join(args[1] ?? "", "Pulumi.release.yaml"), "");
      return Promise.resolve("");
    }, facts);
    await farm.declare({});
    expect(seen).toEqual([passphrase, passphrase]);
    farm.end();
  });

  const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  const own = { ...keys, PULUMI_BACKEND_URL: "s3://state" };
  test.each<[string, Record<string, string>, string]>([
    ["no key", {}, "AWS_ACCESS_KEY_ID: found nothing"],
    ["half a key", { AWS_ACCESS_KEY_ID: "a" }, "AWS_SECRET_ACCESS_KEY: found nothing"],
    ["no passphrase", own, "PULUMI_CONFIG_PASSPHRASE: found nothing"],
    ["an empty one", { ...own, PULUMI_CONFIG_PASSPHRASE: "" }, "PULUMI_CONFIG_PASSPHRASE: found nothing"],
  ])("is refused with %s", (_, environment, line) => {
    expect(() => {
      checkSecrets(fork, environment);
    }).toThrow(line);
    checkSecrets(FARM, environment);
  });

  test.each<Record<string, string>>([
    { ...own, PULUMI_CONFIG_PASSPHRASE: "c" },
    { ...own, PULUMI_CONFIG_PASSPHRASE_FILE: "/c" },
    { ...keys, PULUMI_BACKEND_URL: "https://api.pulumi.com" },
    keys,
  ])("is taken with %j", (environment) => {
    expect(() => {
      checkSecrets(fork, environment);
    }).not.toThrow();
  });
});

describe("the facts of a farm in a file", () => {
  const file = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "facts-")), "farm.json");
    writeFileSync(path, text);
    return path;
  };

  test("are what its stack puts out", () => {
    expect(readFacts(file(JSON.stringify(FARM)))).toEqual(FARM);
  });

  test.each([
    ["", /farm\.json: found Unexpected end of JSON input; allowed: what pulumi stack output --json says/],
    ["null", /farm\.json: endpoint: found nothing; allowed: what pulumi/],
    [JSON.stringify({ ...FARM, egress: undefined }), /farm\.json: egress: found nothing/],
  ])("%j are none", (text, line) => {
    expect(() => readFacts(file(text))).toThrow(line);
  });
});

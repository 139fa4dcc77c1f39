import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { IMAGES, repositoryName } from "../../components/artifacts/aws/registry";
import { imageSpecs } from "../../local/images/catalog";
import type { Image } from "../../local/images/images";
import { pushImages, registryReferences } from "../../local/images/push";
import { checkRegistry, pushedName } from "../../local/images/registry-names";
import { imagesLines } from "../../local/images/stack-lines";
import { run } from "../../local/run";
import type { Progress } from "../../local/terminal/progress";
import type { Tools } from "../../local/toolbox/toolbox";
import { imagesSlice } from "../../stacks/config/farm";

const REGISTRY = "111122223333.dkr.ecr.eu-west-2.amazonaws.com";
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** Tools that are nowhere: specs alone are asked for. */
const TOOLS = new Proxy({}, { get: (_, name) => ({ path: `/nowhere/${String(name)}` }) }) as Tools;
const NAMES = imageSpecs(TOOLS, { "run-shard.js": "", "autoscale.js": "" }, ["amd64", "arm64"]).map(({ name }) => name);

const IMAGES_HERE: readonly Image[] = NAMES.map((name, index) => ({
  name,
  reference: `monofarm.local/${name}@${digest(String(index))}`,
  tar: "/nowhere",
}));

describe("names in a registry", () => {
  test("are those of the repositories that a farm on AWS has; what only this machine's farm runs has none", () => {
    const repositories = IMAGES.map(repositoryName);
    const names = NAMES.map(pushedName).filter((name) => name !== undefined);
    expect(repositories).toEqual(expect.arrayContaining(names));
    expect(repositories.filter((name) => !names.includes(name))).toEqual([
      "monofarm/cluster-autoscaler",
      "monofarm/runner",
      "monofarm/runner-controller",
    ]);
    expect(NAMES.filter((name) => pushedName(name) === undefined)).toEqual(["pause", "s3"]);
  });

  test.each([REGISTRY, "ghcr.io/example", "localhost/a", "registry:5000", "127.0.0.1:5000/a/b_c", "r.example/a-b"])(
    "stand below %s",
    (registry) => {
      expect(() => {
        checkRegistry("./farm push", registry);
      }).not.toThrow();
    },
  );

  test.each([
    "",
    "example",
    "example/farm",
    "https://ghcr.io/example",
    "ghcr.io/",
    "ghcr.io/Example",
    "ghcr.io/a:1",
    "--x",
  ])("do not stand below %j", (registry) => {
    expect(() => {
      checkRegistry("./farm push", registry);
    }).toThrow(/^\.\/farm push: found .*; allowed: a host and what stands before the names/);
  });
});

test("lines for a stack's file stand below config:, and are what its schema takes", () => {
  const lines = imagesLines(registryReferences(REGISTRY, IMAGES_HERE));
  expect(lines).toMatch(/^ {2}monofarm:images:\n {4}buildbarn: 1111\S*\/monofarm\/buildbarn@sha256:1{64}\n/);
  expect(lines).toContain(`\n      arm64: ${REGISTRY}/monofarm/worker-arm64@${digest("6")}\n`);
  const { config } = parse(`config:\n${lines}`) as { config: Record<string, unknown> };
  expect(imagesSlice.parse(config["monofarm:images"])).toMatchObject({
    client: `${REGISTRY}/monofarm/client@${digest("4")}`,
    prometheus: `${REGISTRY}/monofarm/prometheus@${digest("3")}`,
    workers: { amd64: `${REGISTRY}/monofarm/worker-amd64@${digest("5")}` },
  });
  const amd64 = imagesLines(registryReferences(REGISTRY, IMAGES_HERE.slice(0, -1)));
  expect(amd64).not.toContain("arm64");
});

describe("a push", () => {
  let folder: string;
  const lines: string[] = [];
  const progress: Progress = {
    task: (title, _, work) => {
      lines.push(title);
      return work({ fraction: () => undefined, note: () => undefined });
    },
    line: (text) => lines.push(text),
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monofarm-push-"));
    lines.length = 0;
    writeFileSync(join(folder, "index.json"), "{}");
    await run("tar", ["--create", `--file=${join(folder, "image.tar")}`, "--directory", folder, "index.json"]);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Pushes one image by a crane that answers `digest` with a file's text, and does this on `push`. */
  function push(onPush: string, before?: string) {
    const [crane, told, calls] = ["crane", "told", "calls"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    if (before !== undefined) writeFileSync(told, before);
    const script = [
      "#!/bin/sh",
      `echo "$*" >> ${calls}`,
      `case $1 in digest) exec cat ${told} ;; push) ls "$2" >> ${calls}; ${onPush.replaceAll("TOLD", told)} ;; esac`,
    ];
    writeFileSync(crane, `${script.join("\n")}\n`);
    chmodSync(crane, 0o755);
    const image = {
      name: "client" as const,
      reference: `monofarm.local/client@${digest("a")}`,
      tar: join(folder, "image.tar"),
    };
    const asked = () => readFileSync(calls, "utf8").trim().split("\n");
    return { asked, done: pushImages(crane, "r.example/x", [image], progress) };
  }

  test("hands crane what is in the tar, under a tag that is its digest, and asks what came of it", async () => {
    const { asked, done } = push(`echo ${digest("a")} > TOLD`);
    const reference = `r.example/x/monofarm/client@${digest("a")}`;
    expect(await done).toEqual([{ name: "client", reference, pushed: true }]);
    const tagged = `r.example/x/monofarm/client:${"a".repeat(64)}`;
    expect(asked()).toEqual([
      `digest ${tagged}`,
      expect.stringMatching(new RegExp(`^push \\S+/pushing-\\S+ ${tagged}$`)) as string,
      "index.json",
      `digest ${tagged}`,
    ]);
    expect(lines).toEqual(["Push r.example/x/monofarm/client"]);
  });

  test("of what the registry has already is none", async () => {
    const { asked, done } = push("exit 1", digest("a"));
    expect(await done).toMatchObject([{ pushed: false }]);
    expect(asked()).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test("ends in an error where the registry tells another digest, before or after", async () => {
    const error = new RegExp(`^r\\.example/x/monofarm/client:a{64}: found sha256:b{64}; allowed: sha256:a{64}`);
    await expect(push("exit 1", digest("b")).done).rejects.toThrow(error);
    rmSync(join(folder, "told"));
    await expect(push(`echo ${digest("b")} > TOLD`).done).rejects.toThrow(error);
  });

  test("that is refused is one line, with what to do", async () => {
    const { done } = push(
      "echo 'retrying' >&2; echo 'Error: PUT https://r.example/v2/: NAME_UNKNOWN: none' >&2; exit 1",
    );
    await expect(done).rejects.toThrow(
      /client:a{64}: found PUT https:\/\/r\.example\/v2\/: NAME_UNKNOWN: none; allowed: a registry that takes it: signed in/,
    );
  });
});

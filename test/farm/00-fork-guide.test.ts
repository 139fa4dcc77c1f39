import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { CHECKOUT } from "../../local/directories";
import { run } from "../../local/run";
import { simulatedEnvironment } from "../../local/simulation/simulation";
import { committedFile } from "../../local/stack/stack-file";
import { presentTools } from "../../local/toolbox/toolbox";
import { DOCUMENTS } from "../docs/documents";

/** Blocks of docs/fork.md under a heading, in order. */
function blocksUnder(heading: string): string[] {
  const guide = DOCUMENTS.find(({ file }) => file === "docs/fork.md");
  const lines = guide?.text.split("\n") ?? [];
  const first = lines.indexOf(heading);
  const next = lines.findIndex((line, i) => i > first && line.startsWith("## "));
  expect(first).toBeGreaterThan(0);
  return (guide?.blocks ?? [])
    .filter(({ where }) => Number(where.split(":")[1]) > first && Number(where.split(":")[1]) <= next)
    .map(({ text }) => text);
}

/** What a reader puts in place of the guide's examples. */
function filledIn(block: string): string {
  return block
    .replace(/sha256:…/g, `sha256:${"a".repeat(64)}`)
    .replaceAll("REGISTRY", "registry.example")
    .replaceAll("OWNER/REPOSITORY", "example/postgres");
}

const KEY = "-----BEGIN RSA PRIVATE KEY-----\nnobody's\n-----END RSA PRIVATE KEY-----\n";

/** The guide's shell with the real `pulumi config`, over the simulated cloud; everything else of Pulumi is only noted. */
class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), "monofarm-guide-"));
  private readonly calls = join(this.folder, "calls");
  private readonly config: string;
  private readonly env: Record<string, string>;

  private constructor(
    private readonly program: string,
    env: (folder: string) => Record<string, string>,
    private readonly stack: string,
  ) {
    const simulated = env(this.folder);
    this.config = join(this.folder, `Pulumi.${stack}.yaml`);
    const folder = join(this.folder, "bin");
    for (const name of ["state", "bin"]) mkdirSync(join(this.folder, name));
    const lines = [
      "#!/bin/sh",
      `case "$1" in`,
      `config) cd '${CHECKOUT}' && exec '${program}' "$@" --config-file '${this.config}' ;;`,
      `*) echo "pulumi $*" >> '${this.calls}' ;;`,
      "esac",
    ];
    writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
    for (const file of ["administration.pem", "runners.pem", "s3-secret"]) writeFileSync(join(this.folder, file), KEY);
    this.env = { ...simulated, PATH: `${folder}${delimiter}${simulated["PATH"] ?? ""}` };
  }

  static async start(stack: string): Promise<Reader> {
    const tools = await presentTools();
    const reader = new Reader(tools.pulumi.path, (folder) => simulatedEnvironment(tools, folder), stack);
    writeFileSync(join(reader.folder, "Pulumi.yaml"), "name: monofarm\nruntime: nodejs\n");
    await reader.pulumi(["-C", reader.folder, "stack", "init", stack, "--non-interactive"]);
    const salt = readFileSync(reader.config, "utf8");
    writeFileSync(reader.config, `${salt}\n${readFileSync(join(CHECKOUT, committedFile(stack)), "utf8")}`);
    return reader;
  }

  /** Does what a block says. */
  async follow(block: string): Promise<void> {
    await run("bash", ["-euo", "pipefail", "-c", filledIn(block)], { cwd: this.folder, env: this.env });
  }

  /** What the blocks asked of Pulumi beside its configuration. */
  asked(): string[] {
    return readFileSync(this.calls, "utf8").split("\n").filter(Boolean);
  }

  configuration(): Record<string, unknown> {
    return (parse(readFileSync(this.config, "utf8")) as { config: Record<string, unknown> }).config;
  }

  /** `pulumi preview` of the checkout's program with what the reader has set. */
  preview(): Promise<string> {
    const rest = ["--stack", this.stack, "--config-file", this.config, "--non-interactive", "--color=never"];
    return this.pulumi(["preview", ...rest]);
  }

  end(): void {
    rmSync(this.folder, { recursive: true });
  }

  private pulumi(args: readonly string[]): Promise<string> {
    return run(this.program, args, { cwd: CHECKOUT, env: this.env });
  }
}

describe("whoever configures on AWS what docs/fork.md says: its blocks about the farm and about GitHub", () => {
  const [, farm = "", ofAmd64 = "", github = ""] = blocksUnder("## On AWS");
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.start("aws");
  });
  afterAll(() => {
    reader.end();
  });

  test("has a farm that previews, and before that one that names what is missing", async () => {
    await expect(reader.preview()).rejects.toThrow(/monofarm:platform\.account: found nothing/);
    await reader.follow(farm);
    await reader.follow(ofAmd64);
    expect(reader.asked()).toEqual(["pulumi preview -s aws"]);
    expect(reader.configuration()).toMatchObject({ "monofarm:platform": { account: "111122223333" } });
    const preview = await reader.preview();
    expect(preview).toMatch(/\+ \d{2,} to create/);
    expect(preview).toContain("platform-worker-amd64");
    expect(preview).not.toContain("RepositoryEnvironment");
    // What ./farm push makes runs there: the repository alone is for arm64.
    expect(preview.replaceAll("worker-arm64", "")).not.toContain("arm64");
    expect(preview.match(/worker-arm64/g)?.length).toBe(3);
  });

  test("has GitHub's workflows and runners on it, their keys as secrets", async () => {
    await reader.follow(github);
    expect(JSON.stringify(reader.configuration())).not.toContain("nobody's");
    const preview = await reader.preview();
    for (const made of ["AutoscalingRunnerSet", "RepositoryEnvironment", "ActionsRunnerGroup"])
      expect(preview).toContain(made);
  });
});

test("whoever configures what docs/fork.md says on any other cluster, in its second block, has a farm that previews", async () => {
  const reader = await Reader.start("kubernetes");
  try {
    const [, farm = ""] = blocksUnder("## A cloud of your own, without AWS");
    await expect(reader.preview()).rejects.toThrow(/monofarm:platform\.kubeconfig: found nothing/);
    await reader.follow(farm);
    expect(reader.asked()).toEqual(["pulumi preview -s kubernetes"]);
    expect(JSON.stringify(reader.configuration())).not.toContain("nobody's");
    const preview = await reader.preview();
    expect(preview).toMatch(/\+ \d{2,} to create/);
    for (const name of ["worker-amd64", "frontend", "release"]) expect(preview).toContain(name);
    expect(preview).not.toContain("arm64");
  } finally {
    reader.end();
  }
});

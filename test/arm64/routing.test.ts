import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Store } from "../../components/matrix/run-shard/store";
import { farmOutputs, farmStore } from "../../local/release/declared";
import { presentTools } from "../../local/toolbox/toolbox";
import { farm, release, type Release } from "../farm/cluster";

/** `e_machine` of an ELF file. */
const MACHINES = { amd64: 62, arm64: 183 } as const;

describe("one release for two architectures", () => {
  const folder = mkdtempSync(join(tmpdir(), "monofarm-arm64-"));
  let released: Release;
  let store: Store;

  beforeAll(async () => {
    const ended = await release("--instead", "--arch", "amd64,arm64", "//smoke:hello", "//smoke:hello_output");
    expect(ended.code, ended.stderr).toBe(0);
    released = ended.release;
    store = farmStore(await farmOutputs(await presentTools()));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function artifact(label: string, architecture: string): Promise<Buffer> {
    const verdict = released.verdicts.find((each) => each.label === label && each.architecture === architecture);
    const sha256 = verdict?.sha256 ?? "no digest";
    const file = join(folder, sha256);
    await store.fetch("release", `sha256/${sha256}`, sha256, file);
    return readFileSync(file);
  }

  test.each(["amd64", "arm64"] as const)("builds the %s program in the pool of that architecture", async (name) => {
    expect((await artifact("//smoke:hello", name)).readUInt16LE(18)).toBe(MACHINES[name]);
    expect((await artifact("//smoke:hello_output", name)).toString()).toBe(`hello from linux/${name}\n`);
  });

  test("says of every verdict whether an emulator was at work", () => {
    const told = new Set(released.verdicts.map(({ architecture, emulated }) => `${architecture} ${emulated}`));
    expect([...told].sort()).toEqual(["amd64 false", "arm64 true"]);
  });

  test("is shown with its emulated pool", async () => {
    const { stdout } = await farm("status");
    expect(stdout).toMatch(/worker-arm64\S* \(emulated\)/);
    expect(stdout).not.toMatch(/worker-amd64\S* \(emulated\)/);
  });
});

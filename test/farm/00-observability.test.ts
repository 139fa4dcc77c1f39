import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { prometheusArguments } from "../../components/observability/observability";
import { RECORDINGS, ruleFile, THRESHOLDS } from "../../components/observability/rules";
import { run } from "../../local/run";
import { presentTools, type Tools } from "../../local/toolbox/toolbox";
import { writeObservabilityFiles } from "./observability/files";

let tools: Tools;
let directory: string;
beforeAll(async () => {
  tools = await presentTools();
  directory = writeObservabilityFiles();
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const promtool = (cwd: string, ...args: string[]) => run(tools.promtool.path, args, { cwd });

describe("Prometheus' own checks", () => {
  test("find configuration and rules well formed", async () => {
    expect(await promtool(directory, "check", "config", "prometheus.json")).toContain("valid prometheus config file");
  });

  test("find that the rules say of farms in trouble what they should", async () => {
    expect(await promtool(directory, "test", "rules", "rules-test.yaml")).toContain("SUCCESS");
  });

  test.each([
    ["queueSeconds", 100_000],
    ["retentionHours", 0],
    ["errorRatio", 0.5],
  ] as const)("fail when %s is %f", async (threshold, value) => {
    const other = writeObservabilityFiles({ ...THRESHOLDS, [threshold]: value });
    await expect(promtool(other, "test", "rules", "rules-test.yaml")).rejects.toThrow(/FAILED/);
    rmSync(other, { recursive: true });
  });
});

describe("a Prometheus of the farm's, on this machine, without a farm", () => {
  let prometheus: ChildProcess;
  let address: string;
  beforeAll(async () => {
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    const own = prometheusArguments(
      join(directory, "prometheus.json"),
      join(directory, "consoles"),
      join(directory, "data"),
    );
    prometheus = spawn(tools.prometheus.path, [...own, `--web.listen-address=127.0.0.1:${port}`], {
      cwd: directory,
      stdio: "ignore",
    });
    for (let attempt = 0; attempt < 100 && !(await answers(`${address}/-/ready`)); attempt++) await setTimeout(100);
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => prometheus.once("exit", resolve));
    prometheus.kill();
    await ended;
  });

  test("shows the farm's page to a browser as it is written", async () => {
    const response = await fetch(`${address}/consoles/farm.html`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    const page = await response.text();
    for (const { record } of RECORDINGS) expect(page).toContain(`"${record}"`);
    expect(page.trimEnd()).toMatch(/<\/html>$/);
  });

  test("evaluates every rule", async () => {
    const { data } = (await (await fetch(`${address}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; lastError?: string }[] }[] };
    };
    const names = data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
    const written = ruleFile().groups.flatMap(({ rules }) => rules);
    expect(names.sort()).toEqual(written.map((rule) => ("record" in rule ? rule.record : rule.alert)).sort());
    expect(data.groups.flatMap(({ rules }) => rules.flatMap(({ lastError }) => lastError ?? []))).toEqual([]);
  });

  test("looks for a target of each part", async () => {
    let pools: string[] = [];
    // It begins to look some seconds after its start.
    for (let attempt = 0; attempt < 200 && pools.length === 0; attempt++) {
      await setTimeout(100);
      const { data } = (await (await fetch(`${address}/api/v1/scrape_pools`)).json()) as {
        data: { scrapePools: string[] };
      };
      pools = data.scrapePools;
    }
    expect(pools.sort()).toEqual(["browser", "frontend", "prometheus", "scheduler", "storage", "worker"]);
  });
});

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return bound.port;
}

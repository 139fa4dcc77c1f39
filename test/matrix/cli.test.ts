import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { UserError } from "../../components/user-error";
import { command as plan } from "../../local/cli/plan";
import { command as why } from "../../local/cli/why";
import { CHECKOUT } from "../../local/directories";

const MONOGRES = join(__dirname, "data/monogres");
const CATALOGUE = join(__dirname, "data/catalogue");

const folder = mkdtempSync(join(tmpdir(), "monofarm-plan-"));
/** Upstream's index with PostgreSQL 18.1 and 17.7 alone. */
const OLDER = join(folder, "older");

beforeAll(() => {
  cpSync(MONOGRES, OLDER, { recursive: true });
  const file = join(OLDER, "build/postgres/repo.json");
  const repository = JSON.parse(readFileSync(file, "utf8")) as { versions: Record<string, unknown> };
  const versions = Object.fromEntries(
    Object.entries(repository.versions).filter(([name]) => /^(18\.1|17\.7)$/.test(name)),
  );
  writeFileSync(file, JSON.stringify({ ...repository, versions }));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a command prints, and its exit code. */
async function run(command: { run(args: string[]): Promise<number> }, ...args: string[]) {
  let out = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    return { code: await command.run(args), out };
  } finally {
    write.mockRestore();
  }
}

afterEach(() => vi.restoreAllMocks());

describe("./farm plan", () => {
  test("prints upstream's numbers", async () => {
    const { code, out } = await run(plan, "--index", MONOGRES);
    expect(code).toBe(0);
    for (const line of [
      /PostgreSQL versions +22/,
      /contrib modules +60 +as in components\/matrix\/data\/contrib-postgres\.json/,
      /PostgreSQL builds +88 /,
      /contrib tars +1,260 /,
      /extension builds +64 /,
      /artifacts +1,412 .*2,824 in all/,
      /compiling actions +152 /,
      /postgres 16 +12 .* 65$/m,
      /postgres 17 +8 .* 63$/m,
      /postgres 18 +2 .* 64$/m,
      /a month .*\$.*\$/,
      /postgres full .*█/,
      /spot costs 60 % less/,
    ]) {
      expect(out).toMatch(line);
    }
  });

  test("gives the same as data", async () => {
    const { out } = await run(plan, "--index", MONOGRES, "--json", "--arch", "amd64", "--hours", "2");
    const data = JSON.parse(out) as {
      census: { artifacts: number };
      jobs: { targets: number }[];
      capacity: { hours: number };
    };
    expect(data.census.artifacts).toBe(1412);
    expect(data.jobs.reduce((sum, { targets }) => sum + targets, 0)).toBe(1412);
    expect(data.capacity.hours).toBe(2);
  });

  test("holds it against the storage of a farm, and says what to change where that is too small", async () => {
    const storage = async (...args: string[]) => {
      const { out } = await run(plan, "--index", MONOGRES, "--json", ...args);
      return (JSON.parse(out) as { storage: { shortfalls: { key: string }[]; enough: object; keep: number } }).storage;
    };
    const [aws, local] = [await storage("--farm", "aws"), await storage()];
    expect(aws.shortfalls).toEqual([]);
    expect(local.shortfalls.map(({ key }) => key)).toEqual(["monofarm:storage.cas.sizeMiB"]);
    const monthly = await storage("--keep-days", "90", "--releases", "2");
    expect([local.keep, monthly.keep]).toEqual([1, 6]);
    const { out } = await run(plan, "--index", MONOGRES);
    expect(out).toMatch(
      /! stacks\/Pulumi\.local\.yaml: monofarm:storage\.cas\.sizeMiB: the release needs in each of 2/,
    );
    expect(out).toMatch(
      /fits into\n {2}monofarm:storage:\n {4}shards: 2\n {4}cas: \{ sizeMiB: \d+, meanBlobBytes: \d+, /,
    );
    await expect(run(plan, "--farm", "release")).rejects.toThrow(
      "./farm plan: --farm: found release; allowed: aws, kubernetes, local",
    );
  });

  test("against itself has nothing to build, in words and as data", async () => {
    const same = ["--index", MONOGRES, "--since", MONOGRES];
    expect((await run(plan, ...same)).out).toMatch(/^Nothing is new/);
    expect(JSON.parse((await run(plan, ...same, "--json")).out)).toMatchObject({
      id: null,
      changes: { added: [], changed: [], removed: [] },
      jobs: [],
      capacity: null,
    });
  });

  test("says what is gone where nothing is new", async () => {
    const { out } = await run(plan, "--index", OLDER, "--since", MONOGRES);
    expect(out).toMatch(/^Nothing is new.*\n\n.*Against .*\n.*\nnew +0 *\n.*\ngone +1,285 /s);
  });

  test("plans only what is new against an older index", async () => {
    const { out } = await run(plan, "--index", MONOGRES, "--since", OLDER, "--json");
    const { census, changes } = JSON.parse(out) as { census: { artifacts: number }; changes: { added: string[] } };
    expect(changes.added).toHaveLength(1285);
    expect(census.artifacts).toBe(1285);
  });

  test("merges what is given twice", async () => {
    const { out } = await run(plan, "--index", MONOGRES, "--index", OLDER);
    expect(out).toMatch(/artifacts +1,412 /);
  });

  test("counts each distribution as a release, or only those that are asked for", async () => {
    const coreHours = async (...args: string[]) => {
      const { out } = await run(plan, "--index", CATALOGUE, "--json", ...args);
      const { capacity, distributions } = JSON.parse(out) as {
        capacity: { pools: { coreHours: number }[] };
        distributions: string[];
      };
      return { distributions, hours: capacity.pools[0]?.coreHours ?? 0 };
    };
    const [both, one] = [await coreHours(), await coreHours("--distribution", "debian-13")];
    expect([both.distributions, one.distributions]).toEqual([["debian 12", "debian 13"], ["debian 13"]]);
    expect(both.hours).toBeCloseTo(2 * one.hours, 9);
    expect((await run(plan, "--index", CATALOGUE)).out).toMatch(/distributions +2 +debian 12, debian 13: each/);
  });

  test("takes costs from what earlier releases left, with the cores that they had", async () => {
    const results = join(folder, "logs");
    const result = {
      version: 1,
      release: "r",
      job: "j",
      index: 0,
      architecture: "amd64",
      emulated: false,
      exitCode: 0,
      startedAt: "2026-01-01T00:00:00Z",
      seconds: 1,
      actions: { total: 1, cacheHits: 0, remote: 1 },
      targets: [
        { label: "//postgres:postgres~18.1~full", status: "built", seconds: 1000 },
        { label: "//extensions/citus:citus~13.2.0~postgres~17.7", status: "built", seconds: 100 },
      ],
    };
    const event = {
      id: { actionCompleted: { label: "//extensions/citus:citus~13.2.0~postgres~17.7" } },
      action: { success: true, startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-01T00:00:50Z" },
    };
    mkdirSync(join(results, "r/j/00000"), { recursive: true });
    writeFileSync(join(results, "r/j/00000/result.json"), JSON.stringify(result));
    writeFileSync(join(results, "r/j/00000/bep.json"), JSON.stringify(event));
    const labels = result.targets.map(({ label }) => label);
    const args = [...labels, "--index", MONOGRES, "--arch", "amd64", "--results", results, "--worker-cores", "2"];
    const { out } = await run(plan, ...args, "--json");
    const { measured, capacity } = JSON.parse(out) as {
      measured: number;
      capacity: { pools: { coreHours: number }[] };
    };
    expect(measured).toBe(2);
    expect((capacity.pools[0]?.coreHours ?? 0) * 3600).toBeCloseTo(2 * 1000 + 8 + 50 + 8, 6);
    expect((await run(plan, ...args)).out).toMatch(
      /2 targets were measured: wall seconds, .* × 2 cores for PostgreSQL/,
    );
    writeFileSync(join(results, "r/j/00000/result.json"), "{");
    await expect(run(plan, ...args)).rejects.toThrow(/result\.json: found .*JSON.*; allowed: the result of an index/);
    writeFileSync(join(results, "r/j/00000/result.json"), JSON.stringify({ ...result, exitCode: "0" }));
    await expect(run(plan, ...args)).rejects.toThrow(/result\.json: exitCode: found /);
  });

  test("takes patterns away", async () => {
    const { out } = await run(plan, "--index", MONOGRES, "-//extensions/...");
    expect(out).toMatch(/artifacts +88 /);
  });

  test.each([
    [["--hours", "0"], /--hours: found 0; allowed: a number above 0/],
    [["--hours", "4h"], /--hours: found 4h; allowed: a number above 0/],
    [["--hours", "1e3"], /--hours: found 1e3; allowed: a number above 0/],
    [["--releases=-1"], /--releases: found -1/],
    [["--keep-days", "-1"], /^\.\/farm plan: --keep-days: found -1; allowed: a number above 0$/],
    [
      ["--keep-days", "--json"],
      /^\.\/farm plan: found Option '--keep-days' argument is ambiguous; allowed: the options .*$/,
    ],
    [["--worker-cores", "3"], /^\.\/farm plan: found --worker-cores; allowed: that with --results alone$/],
    [["--worker-cores", ""], /--worker-cores: found ; allowed: a number above 0/],
    [["--arch", ""], /--arch: found ; allowed: amd64/],
    [["--distribution", "debian 11"], /--distribution: found debian 11; allowed: debian 12/],
    [["--distribution", ""], /--distribution: found nothing; allowed: debian 12/],
    [["--results", __dirname], /--results: found .*matrix; allowed: a directory with result\.json or bep\.json/],
    [["--results", __filename], /--results: found .*; allowed: a directory that exists/],
    [["--index", MONOGRES, "--index", CATALOGUE], /found layouts .*; allowed: one layout/],
    [["--since", "/nowhere"], /\/nowhere: found no directory/],
    [["--index"], /found Option '--index <value>' argument missing; allowed: the options/],
    [["//postgres:*~99.*"], /targets: found "\/\/postgres:\*~99/],
    [["//smoke:hello", "-//smoke:hello"], /allowed: patterns that leave at least one target/],
    [["--arch", "riscv"], /--arch: found riscv; allowed: amd64/],
    [["--frob"], /--frob/],
    [["--index", "/nowhere"], /found no directory/],
    [["--results", "/nowhere"], /--results: found \/nowhere/],
    [["//nothing:here"], /found "\/\/nothing:here"/],
  ])("%j is refused", async (args, message) => {
    await expect(async () => run(plan, ...args)).rejects.toThrow(message);
    await expect(async () => run(plan, ...args)).rejects.toBeInstanceOf(UserError);
  });

  test("ends quietly where its reader has read enough", () => {
    const farm = `"${process.execPath}" --import tsx local/cli/main.ts`;
    const command = `${farm} plan --index "${MONOGRES}" --since "${OLDER}" --json | head -c 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: CHECKOUT, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["{", ""]);
  });

  test("names every mistake of an index with the path of its file", async () => {
    const broken = join(folder, "broken");
    mkdirSync(join(broken, "build/postgres"), { recursive: true });
    const repository = {
      version: 1,
      sources: { gh: { url: "{nope}" } },
      versions: { "17": {}, "18.1": { sha256: "x" } },
    };
    writeFileSync(join(broken, "build/postgres/repo.json"), JSON.stringify(repository));
    await expect(async () => run(plan, "--index", broken)).rejects.toThrow(
      /^3 mistakes\n[^]*broken\/build\/postgres\/repo\.json: versions\.18\.1\.sha256: found "x"/,
    );
  });
});

describe("./farm why", () => {
  test("exits 0 for a target, 1 for none", async () => {
    const yes = await run(why, "pgvector", "0.8.0", "16.9");
    expect(yes).toMatchObject({ code: 0 });
    expect(yes.out).toMatch(/in the matrix as \/\/extensions\/pgvector:pgvector~0\.8\.0~postgres~16\.9/);
    const no = await run(why, "citus", "13.2.0", "18.1", "--index", MONOGRES);
    expect(no).toMatchObject({ code: 1 });
    expect(no.out).toMatch(/not in the matrix[^]*no +<=17 +below 18\.0/);
  });

  test.each([...why.usage.matchAll(/^ {2}\.\/farm why (.+)$/gm)].map(([, words = ""]) => words))(
    "its example %s is in the matrix",
    async (words) => {
      expect(await run(why, ...words.split(" "))).toMatchObject({ code: 0 });
    },
  );

  test.each([
    [["pgvector"], /found pgvector; allowed: EXTENSION VERSION POSTGRES/],
    [["pgvector", "0.8.0", "sixteen"], /POSTGRES: found sixteen; allowed: .*16\.9/],
    [["pgvector", "no such", "17"], /\.\/farm why: POSTGRES: found 17; allowed: .*16\.9/],
    [["pgvector", "0.8.0", "16.9", "more"], /found pgvector 0\.8\.0 16\.9 more/],
    [["pgvectr", "0.8.0", "16.9"], /extension: found pgvectr; allowed: pgvector/],
    [["pgvector", "0.8.0", "16.9", "--index", "/nowhere"], /found no directory/],
  ])("%j is refused", async (args, message) => {
    await expect(async () => run(why, ...args)).rejects.toThrow(message);
  });
});

import { join } from "node:path";

import { afterEach, describe, expect, test, vi } from "vitest";

import { command as plan } from "../../local/cli/plan";
import { command as why } from "../../local/cli/why";

const MONOGRES = join(__dirname, "data/monogres");

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

  test("against itself has nothing to build", async () => {
    expect((await run(plan, "--index", MONOGRES, "--since", MONOGRES)).out).toMatch(/^Nothing is new/);
  });

  test("takes patterns away", async () => {
    const { out } = await run(plan, "--index", MONOGRES, "-//extensions/...");
    expect(out).toMatch(/artifacts +88 /);
  });

  test.each([
    [["--hours", "0"], /--hours: found 0; allowed: a number above 0/],
    [["--arch", "riscv"], /--arch: found riscv; allowed: amd64/],
    [["--frob"], /--frob/],
    [["--index", "/nowhere"], /found no directory/],
    [["--results", "/nowhere"], /--results: found \/nowhere/],
    [["//nothing:here"], /found "\/\/nothing:here"/],
  ])("%j is refused", async (args, message) => {
    await expect(async () => run(plan, ...args)).rejects.toThrow(message);
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

  test.each([
    [["pgvector"], /found pgvector; allowed: EXTENSION VERSION POSTGRES/],
    [["pgvector", "0.8.0", "sixteen"], /version: found sixteen/],
  ])("%j is refused", async (args, message) => {
    await expect(async () => run(why, ...args)).rejects.toThrow(message);
  });
});

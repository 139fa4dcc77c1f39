import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { sha256Of, type Store } from "../../components/matrix/run-shard/store";
import { farmOutputs, farmStore } from "../../local/release/declared";
import { presentTools } from "../../local/toolbox/toolbox";
import { release, type Release } from "./cluster";

const POSTGRES = "//postgres:postgres~16.9~barebones";
const PGVECTOR = "//extensions/pgvector:pgvector~0.8.0~postgres~16.9";
const HELLO = "//smoke:hello";

/** `nobody`: PostgreSQL refuses to run as root. */
const USER = 65534;

describe("the artifacts of a release", () => {
  const folder = mkdtempSync(join(tmpdir(), "monofarm-artifacts-"));
  const prefix = join(folder, "postgres");
  let first: Release;
  let store: Store;

  beforeAll(async () => {
    first = (await release(HELLO, POSTGRES, PGVECTOR)).release;
    store = farmStore(await farmOutputs(await presentTools()));
    mkdirSync(prefix);
    chmodSync(folder, 0o755);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function fetched(label: string): Promise<string> {
    const sha256 = first.verdicts.find((verdict) => verdict.label === label)?.sha256 ?? "no digest";
    const file = join(folder, sha256);
    await store.fetch("release", `sha256/${sha256}`, sha256, file);
    expect(await sha256Of(file)).toBe(sha256);
    return file;
  }

  function run(program: string, args: string[], user?: number): string {
    const env = {
      LD_LIBRARY_PATH: join(prefix, "lib"),
      PATH: `${prefix}/bin:/usr/bin:/bin`,
      LC_ALL: "C",
      HOME: folder,
    };
    return execFileSync(join(prefix, "bin", program), args, {
      env,
      cwd: folder,
      encoding: "utf8",
      ...(user !== undefined && { uid: user, gid: user }),
    });
  }

  test("are stored under their digests, and a program among them runs", async () => {
    const hello = await fetched(HELLO);
    chmodSync(hello, 0o755);
    expect(execFileSync(hello, { encoding: "utf8" })).toBe("hello from linux/amd64\n");
  });

  test("hold a PostgreSQL that says what it is", async () => {
    execFileSync("tar", ["--extract", "--file", await fetched(POSTGRES), "--directory", prefix]);
    expect(run("postgres", ["--version"])).toBe("postgres (PostgreSQL) 16.9-barebones\n");
    expect(run("pg_config", ["--version"])).toContain("16.9");
    expect(run("pg_config", ["--configure"])).not.toContain("/worker/");
  });

  test("name no folder of the worker that built them", () => {
    const found = spawnSync("grep", ["--recursive", "--files-with-matches", "/worker/", prefix], { encoding: "utf8" });
    expect(found).toMatchObject({ status: 1, stdout: "", stderr: "" });
  });

  test("work together: pgvector answers in a database of that PostgreSQL", async () => {
    execFileSync("tar", ["--extract", "--file", await fetched(PGVECTOR), "--directory", prefix]);
    const data = join(folder, "data");
    mkdirSync(data);
    chownSync(data, USER, USER);
    run("initdb", ["--pgdata", data, "--username", "postgres", "--no-sync", "--auth", "trust"], USER);
    const server = ["--pgdata", data, "--wait", "--log", join(data, "log")];
    run("pg_ctl", [...server, "--options", `-c listen_addresses= -k ${data}`, "start"], USER);
    try {
      const psql = (sql: string) => run("psql", ["-h", data, "-U", "postgres", "-tAc", sql], USER).trim();
      psql("CREATE EXTENSION vector");
      expect(psql("SELECT '[1,2,3]'::vector <-> '[1,2,5]'::vector")).toBe("2");
    } finally {
      run("pg_ctl", [...server, "--mode", "immediate", "stop"], USER);
    }
  });

  test("come from the cache alone when the same is asked for again, byte for byte", async () => {
    const { code, release: second } = await release("--again", HELLO, POSTGRES, PGVECTOR);
    expect(code).toBe(0);
    const digests = (of: Release) => new Map(of.verdicts.map(({ label, sha256 }) => [label, sha256]));
    expect(digests(second)).toEqual(digests(first));
    expect(second.verdicts.map(({ status }) => status)).toEqual(["cached", "cached", "cached"]);
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { download } from "../../local/sources/download";
import { fetchSources } from "../../local/sources/fetch-sources";
import type { Progress } from "../../local/terminal/progress";

const ARCHIVE = Buffer.from("an archive, as far as anyone here knows");
const SHA256 = createHash("sha256").update(ARCHIVE).digest("hex");
const OTHER = "0".repeat(64);

const silent: Progress = {
  task: (_title, _seconds, work) => work({ fraction: () => undefined, note: () => undefined }),
  line: () => undefined,
};

let directory: string;
let server: Server;
let asked: (string | undefined)[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

/** The addresses are https; a loopback server answers in their place. */
function url(path: string): string {
  return `https://sources.test${path}`;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sources-"));
  asked = [];
  answer = (_request, response) => response.end(ARCHIVE);
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const real = globalThis.fetch;
  vi.stubGlobal("fetch", (address: string, init: RequestInit) =>
    real(address.replace("https://sources.test", `http://127.0.0.1:${port}`), init),
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const source = (sha256: string, ...paths: string[]) => ({
  where: "a/repo.json: versions.1",
  urls: paths.map(url),
  sha256,
});

describe("fetchSources", () => {
  it("keeps an archive under its digest and asks for it once", async () => {
    const wanted = [source(SHA256, "/a.tar")];
    expect(await fetchSources(wanted, silent, directory)).toEqual([join(directory, SHA256)]);
    await fetchSources(wanted, silent, directory);
    expect(readFileSync(join(directory, SHA256))).toEqual(ARCHIVE);
    expect(asked).toHaveLength(1);
  });

  it("refuses other bytes, naming the key, what it says and what the address holds, and keeps nothing", async () => {
    await expect(fetchSources([source(OTHER, "/a.tar")], silent, directory)).rejects.toThrow(
      `a/repo.json: versions.1.sha256: found ${OTHER}; allowed: ${SHA256}, which is what ${url("/a.tar")} holds`,
    );
    expect(readdirSync(directory).filter((name) => name.startsWith(OTHER))).toEqual([]);
  });

  it("fetches again what was damaged on disk", async () => {
    await fetchSources([source(SHA256, "/a.tar")], silent, directory);
    writeFileSync(join(directory, SHA256), "damaged");
    await fetchSources([source(SHA256, "/a.tar")], silent, directory);
    expect(readFileSync(join(directory, SHA256))).toEqual(ARCHIVE);
  });

  it("takes the next address where one does not answer", async () => {
    answer = ({ url: path }, response) => {
      if (path === "/gone") response.statusCode = 404;
      response.end(ARCHIVE);
    };
    await fetchSources([source(SHA256, "/gone", "/a.tar")], silent, directory);
    expect(readFileSync(join(directory, SHA256))).toEqual(ARCHIVE);
  });

  it("says in one line what every address answered", async () => {
    answer = (_request, response) => {
      response.statusCode = 403;
      response.end();
    };
    const error = await fetchSources([source(SHA256, "/a", "/b")], silent, directory).catch((e: unknown) => e);
    expect(String(error)).toContain("a/repo.json: versions.1: found a source that cannot be had");
    expect(String(error)).toContain(`${url("/a")}: 403`);
    expect(String(error)).toContain(`${url("/b")}: 403`);
    expect(String(error)).not.toContain("\n");
  });

  it("refuses an address of no known form before it fetches anything", async () => {
    const bad = { where: "b/repo.json: versions.2", urls: ["ftp://x"], sha256: OTHER };
    await expect(fetchSources([source(SHA256, "/a.tar"), bad], silent, directory)).rejects.toThrow(
      "b/repo.json: versions.2.url: found ftp://x",
    );
    expect(asked).toEqual([]);
  });
});

describe("download", () => {
  it("carries on where it broke off", async () => {
    const file = join(directory, "partial");
    writeFileSync(file, ARCHIVE.subarray(0, 10));
    answer = (_request, response) => {
      response.statusCode = 206;
      response.end(ARCHIVE.subarray(10));
    };
    await download(url("/a.tar"), file);
    expect(asked).toEqual(["bytes=10-"]);
    expect(readFileSync(file)).toEqual(ARCHIVE);
  });

  it("starts anew where the server does not know ranges", async () => {
    const file = join(directory, "partial");
    writeFileSync(file, "something else");
    await download(url("/a.tar"), file);
    expect(readFileSync(file)).toEqual(ARCHIVE);
  });

  it("reports an archive that breaks off as a source error", async () => {
    answer = (_request, response) => {
      response.setHeader("content-length", "1000");
      response.write(ARCHIVE);
      setTimeout(() => response.destroy(), 50);
    };
    await expect(download(url("/a.tar"), join(directory, "partial"))).rejects.toThrow("broke off after");
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Store } from "../../components/matrix/run-shard/store";

const CONTENT = "what is stored";
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const KEY = `sha256/${SHA256}`;

/** A server that keeps objects by path, and refuses a second put that is to be the only one. */
let objects: Map<string, Buffer>;
let requests: string[];
let disturb: (request: IncomingMessage, response: ServerResponse) => boolean;
let server: Server;
let store: Store;
let folder: string;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "").split("?")[0] ?? "";
  requests.push(`${request.method ?? ""} ${path}`);
  if (disturb(request, response)) return;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const there = objects.get(path);
    if (request.method === "PUT") {
      response.statusCode = there !== undefined && request.headers["if-none-match"] === "*" ? 412 : 200;
      if (response.statusCode === 200) objects.set(path, Buffer.concat(chunks));
      response.end();
    } else {
      response.statusCode = there === undefined ? 404 : 200;
      if (there !== undefined) response.setHeader("content-length", there.length);
      response.end(request.method === "HEAD" ? undefined : there);
    }
  });
}

beforeEach(async () => {
  objects = new Map();
  requests = [];
  disturb = () => false;
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  store = new Store(`http://127.0.0.1:${port}`, "us-east-1", { accessKeyId: "a", secretAccessKey: "b" });
  folder = mkdtempSync(join(tmpdir(), "store-"));
  writeFileSync(join(folder, "file"), CONTENT);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const put = () => store.putOnce("release", KEY, join(folder, "file"), SHA256);
const puts = () => requests.filter((request) => request.startsWith("PUT")).length;

describe("putOnce", () => {
  it("stores a file, and does not send it again", async () => {
    expect(await put()).toBe(true);
    expect(objects.get(`/release/${KEY}`)?.toString()).toBe(CONTENT);
    expect(await put()).toBe(false);
    expect(puts()).toBe(1);
  });

  it("takes a refusal for what it is: another was first", async () => {
    disturb = (request) => {
      if (request.method === "PUT") objects.set(`/release/${KEY}`, Buffer.from(CONTENT));
      return false;
    };
    expect(await put()).toBe(false);
  });

  it("sends the file again where the connection broke", async () => {
    disturb = (request) => {
      if (request.method !== "PUT" || puts() > 1) return false;
      request.socket.destroy();
      return true;
    };
    expect(await put()).toBe(true);
    expect(puts()).toBe(2);
    expect(objects.get(`/release/${KEY}`)?.toString()).toBe(CONTENT);
  });

  it("sends nothing more where the connection broke because it is there", async () => {
    disturb = (request) => {
      if (request.method !== "PUT") return false;
      objects.set(`/release/${KEY}`, Buffer.from(CONTENT));
      request.socket.destroy();
      return true;
    };
    expect(await put()).toBe(false);
    expect(puts()).toBe(1);
  });
});

describe("text", () => {
  it("is undefined where there is none", async () => {
    expect(await store.text("logs", "a/result.json")).toBeUndefined();
    await store.putText("logs", "a/result.json", "{}");
    expect(await store.text("logs", "a/result.json")).toBe("{}");
  });
});

describe("fetch", () => {
  it("brings a file whose content is what its name says", async () => {
    objects.set(`/sources/${KEY}`, Buffer.from(CONTENT));
    await store.fetch("sources", KEY, SHA256, join(folder, "fetched"));
    expect(readFileSync(join(folder, "fetched"), "utf8")).toBe(CONTENT);
  });

  it("refuses other content, in one line", async () => {
    objects.set(`/sources/${KEY}`, Buffer.from("something else"));
    await expect(store.fetch("sources", KEY, SHA256, join(folder, "fetched"))).rejects.toThrow(
      new RegExp(`^s3://sources/${KEY}: found sha256 [0-9a-f]{64}; allowed: ${SHA256}$`),
    );
    expect(() => readFileSync(join(folder, "fetched"))).toThrow();
  });

  it("names an object that is not there", async () => {
    await expect(store.fetch("sources", KEY, SHA256, join(folder, "fetched"))).rejects.toMatchObject({
      status: 404,
      message: `s3://sources/${KEY}: found nothing`,
    });
  });
});

describe("a store that is away", () => {
  it("is one line that names object and address", async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(store.text("logs", "a")).rejects.toThrow(
      `s3://logs/a: http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it("is waited for, as long as patience lasts", async () => {
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const patient = new Store(`http://127.0.0.1:${port}`, "us-east-1", credentials, [1, 1, 20_000]);
    server.close();
    const text = patient.text("logs", "a");
    setTimeout(() => server.listen(port, "127.0.0.1"), 4000);
    expect(await text).toBeUndefined();
  });
});

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { RepositoryStore } from "../../local/publish/store";

const etagOf = (content: Buffer) => `"${createHash("md5").update(content).digest("hex")}"`;

/** A simulated S3 service: objects by path, versions by ETag, conditions on writes, and faults that a test asks for. */
export class SimulatedS3 {
  readonly objects = new Map<string, Buffer>();
  /** Every write that was taken, by path, in order. */
  readonly written: string[] = [];
  /** Conditions that the service keeps. */
  keeps: readonly string[] = ["if-match", "if-none-match"];
  /** Called before each write; false refuses it. */
  beforeWrite: (path: string) => boolean | Promise<boolean> = () => true;
  private readonly server: Server = createServer((request, response) => {
    this.answer(request, response);
  });
  private port = 0;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  store(): RepositoryStore {
    return new RepositoryStore(`http://127.0.0.1:${this.port}`, "us-east-1", {
      accessKeyId: "a",
      secretAccessKey: "b",
    });
  }

  text(path: string): string | undefined {
    return this.objects.get(path)?.toString();
  }

  end(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "PUT") void this.write(path, Buffer.concat(chunks), request, response);
      else this.read(path, request, response);
    });
  }

  private async write(path: string, content: Buffer, request: IncomingMessage, response: ServerResponse) {
    const isTaken = await this.beforeWrite(path);
    response.statusCode = isTaken ? this.condition(request, this.objects.get(path)) : 403;
    if (response.statusCode === 200) {
      this.objects.set(path, content);
      this.written.push(path);
    }
    response.end();
  }

  private read(path: string, request: IncomingMessage, response: ServerResponse): void {
    const there = this.objects.get(path);
    response.statusCode = there === undefined ? 404 : 200;
    if (there !== undefined) response.setHeader("etag", etagOf(there)).setHeader("content-length", there.length);
    response.end(request.method === "HEAD" ? undefined : there);
  }

  private condition(request: IncomingMessage, there: Buffer | undefined): number {
    const condition = (name: string) => (this.keeps.includes(name) ? request.headers[name] : undefined);
    if (condition("if-none-match") === "*" && there !== undefined) return 412;
    const match = condition("if-match");
    if (match === undefined) return 200;
    if (there === undefined) return 404;
    return match === etagOf(there) ? 200 : 412;
  }
}

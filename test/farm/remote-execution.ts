import { createHash } from "node:crypto";

import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";

const API = "/build.bazel.remote.execution.v2.";
const LENGTH_DELIMITED = 2;

/** A field of a protobuf message: text, bytes or a message; or a whole number. */
export function field(number: number, value: string | Buffer | number): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** `Digest` of a blob. */
export function digestOf(blob: Buffer): Buffer {
  const hash = createHash("sha256").update(blob).digest("hex");
  return Buffer.concat([field(1, hash), ...(blob.length > 0 ? [field(2, blob.length)] : [])]);
}

/** An `Action` that runs `true` on a platform, and the blobs that it is made of. */
export function action(platform: Readonly<Record<string, string>>): { digest: Buffer; blobs: Buffer[] } {
  const command = Buffer.concat([field(1, "true")]);
  const root = Buffer.alloc(0);
  const properties = Object.entries(platform)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => field(1, Buffer.concat([field(1, name), field(2, value)])));
  const itself = Buffer.concat([
    field(1, digestOf(command)),
    field(2, digestOf(root)),
    field(10, Buffer.concat(properties)),
  ]);
  return { digest: digestOf(itself), blobs: [command, itself] };
}

/** Calls one method of the remote execution API and gives the error that it ends with; null where it succeeds. */
export async function call(host: string, method: string, request: Buffer): Promise<ServiceError | null> {
  const client = new Client(`${host}:8980`, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  try {
    return await new Promise((resolve) => {
      if (!method.startsWith("Execution/")) {
        client.makeUnaryRequest(API + method, same, same, request, new Metadata(), resolve);
        return;
      }
      const stream = client.makeServerStreamRequest(API + method, same, same, request, new Metadata());
      stream.on("error", resolve);
      stream.on("data", () => undefined);
      stream.on("end", () => {
        resolve(null);
      });
    });
  } finally {
    client.close();
  }
}

/** Puts blobs into the CAS. */
export function putBlobs(host: string, blobs: readonly Buffer[]): Promise<ServiceError | null> {
  const requests = blobs.map((blob) => field(2, Buffer.concat([field(1, digestOf(blob)), field(2, blob)])));
  return call(host, "ContentAddressableStorage/BatchUpdateBlobs", Buffer.concat(requests));
}

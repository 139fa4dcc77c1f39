import { createHash } from "node:crypto";

import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";

import { field, Message } from "./protobuf";

const API = "build.bazel.remote.execution.v2.";

/** `Digest` of a blob. */
export function digestOf(blob: Buffer): Buffer {
  const hash = createHash("sha256").update(blob).digest("hex");
  return Buffer.concat([field(1, hash), ...(blob.length > 0 ? [field(2, blob.length)] : [])]);
}

/** An action as it is asked for. */
export interface Asked {
  readonly arguments: readonly string[];
  readonly platform: Readonly<Record<string, string>>;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Text by name of the files that it is given. @default none */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Names of files that it makes. @default none */
  readonly outputs?: readonly string[];
  /** Seconds that it may take. @default the farm's own limit */
  readonly timeout?: number;
  /** @default false: an action that was run is run again */
  readonly cached?: boolean;
  /** @default the farm's one, without a name */
  readonly instance?: string;
}

/** `Action` and the blobs that it is made of. */
export function action(asked: Asked): { digest: Buffer; blobs: Buffer[] } {
  const pairs = (number: number, values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => field(number, Buffer.concat([field(1, name), field(2, value)])));
  const command = Buffer.concat([
    ...asked.arguments.map((word) => field(1, word)),
    ...pairs(2, asked.environment ?? {}),
    ...(asked.outputs ?? []).map((name) => field(3, name)),
  ]);
  const files = Object.entries(asked.inputs ?? {}).map(([name, text]) => [name, Buffer.from(text)] as const);
  const root = Buffer.concat(
    files.map(([name, blob]) => field(1, Buffer.concat([field(1, name), field(2, digestOf(blob))]))),
  );
  const itself = Buffer.concat([
    field(1, digestOf(command)),
    field(2, digestOf(root)),
    ...(asked.timeout === undefined ? [] : [field(6, field(1, asked.timeout))]),
    ...(asked.cached === true ? [] : [field(7, 1)]),
    field(10, Buffer.concat(pairs(1, asked.platform))),
  ]);
  return { digest: digestOf(itself), blobs: [command, root, itself, ...files.map(([, blob]) => blob)] };
}

/** The name of an instance, in whatever request; the farm's own has none. */
export function named(instance: string): Buffer[] {
  return instance === "" ? [] : [field(1, instance)];
}

/** What a call came to. */
export interface Answer {
  /** Null where it succeeded. */
  readonly error: ServiceError | null;
  readonly messages: readonly Message[];
}

/** What an action came to. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** sha256 by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Talks to one server of BuildBarn's, in the name of a token or of nobody. */
export class RemoteClient {
  constructor(
    private readonly address: string,
    private readonly token?: string,
  ) {}

  /** @param method `package.Service/Method`, or a method of the remote execution API, `Service/Method` */
  async call(method: string, request: Buffer): Promise<Answer> {
    const client = new Client(this.address, credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    const metadata = new Metadata();
    if (this.token !== undefined) metadata.set("authorization", `Bearer ${this.token}`);
    const path = `/${method.includes(".") ? "" : API}${method}`;
    const messages: Message[] = [];
    try {
      const error = await new Promise<ServiceError | null>((resolve) => {
        if (!/Execute$|Read$/.test(method)) {
          client.makeUnaryRequest(path, same, same, request, metadata, (refused, answer?: Buffer) => {
            if (answer !== undefined) messages.push(new Message(answer));
            resolve(refused);
          });
          return;
        }
        const stream = client.makeServerStreamRequest(path, same, same, request, metadata);
        stream.on("error", resolve);
        stream.on("data", (bytes: Buffer) => messages.push(new Message(bytes)));
        stream.on("end", () => {
          resolve(null);
        });
      });
      return { error, messages };
    } finally {
      client.close();
    }
  }

  /** The code that a call ends with. */
  async codeOf(method: string, request: Buffer): Promise<status> {
    return (await this.call(method, request)).error?.code ?? status.OK;
  }

  /** Puts blobs into the CAS; gives the code of the first that was refused. */
  async put(blobs: readonly Buffer[], instance = ""): Promise<number> {
    const requests = blobs.map((blob) => field(2, Buffer.concat([field(1, digestOf(blob)), field(2, blob)])));
    const { error, messages } = await this.call(
      "ContentAddressableStorage/BatchUpdateBlobs",
      Buffer.concat([...named(instance), ...requests]),
    );
    if (error !== null) return error.code;
    const codes = messages.flatMap((all) => all.messages(1)).map((each) => each.message(2).number(1));
    return codes.find((code) => code !== 0) ?? 0;
  }

  /** Runs an action. @throws what the farm refuses it with */
  async execute(asked: Asked): Promise<Ran> {
    const instance = asked.instance ?? "";
    const { digest, blobs } = action(asked);
    const put = await this.put(blobs, instance);
    if (put !== 0) throw new Error(`blobs were refused with ${status[put]}`);
    const { error, messages } = await this.call(
      "Execution/Execute",
      Buffer.concat([...named(instance), ...(asked.cached === true ? [] : [field(3, 1)]), field(6, digest)]),
    );
    if (error !== null) throw error;
    const response = messages.at(-1)?.message(5).message(2);
    if (response === undefined) throw new Error("an execution without an end");
    if (response.message(3).number(1) !== 0) throw new Error(response.message(3).text(2));
    const result = response.message(1);
    const text = async (raw: number) =>
      result.text(raw) || (await this.read(result.bytes(raw + 1), instance)).toString();
    return {
      exitCode: result.number(4),
      stdout: await text(5),
      stderr: await text(7),
      outputs: Object.fromEntries(result.messages(2).map((file) => [file.text(1), file.message(2).text(1)])),
    };
  }

  /** Reads a blob of the CAS, given its `Digest`; nothing has no bytes. */
  async read(digest: Buffer, instance = ""): Promise<Buffer> {
    if (digest.length === 0) return digest;
    const { error, messages } = await this.call(
      "ContentAddressableStorage/BatchReadBlobs",
      Buffer.concat([...named(instance), field(2, digest)]),
    );
    if (error !== null) throw error;
    return messages[0]?.messages(1)[0]?.bytes(2) ?? Buffer.alloc(0);
  }
}

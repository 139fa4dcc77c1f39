import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, renameSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";

/** A request that the store refused or did not answer: one line that names the object. */
export class StoreError extends Error {
  constructor(
    readonly object: string,
    /** HTTP status; undefined where there was no answer. */
    readonly status: number | undefined,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${object}: ${reason}`, options);
    this.name = "StoreError";
  }
}

/** Times that a request is tried at once, with growing pauses: about two seconds in all. */
const ATTEMPTS = 8;

/** Times that a file is sent. */
const STREAM_ATTEMPTS = 3;

/** The client would speak to the terminal of whoever uses it; what goes wrong is in the errors. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The S3 service of the farm. */
export class Store {
  protected readonly client: S3Client;

  /**
   * @param endpoint URL, `http://s3.monofarm:7070`
   * @param credentials without them, the usual AWS variables
   * @param patience milliseconds to wait before each further try where the store does not answer at all
   */
  constructor(
    readonly endpoint: string,
    region: string,
    credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string },
    private readonly patience: readonly number[] = [],
  ) {
    this.client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: ATTEMPTS,
      logger: SILENT,
      ...(credentials !== undefined && { credentials }),
    });
  }

  /** An object's text; undefined where there is none. */
  async text(bucket: string, key: string): Promise<string | undefined> {
    return this.find(bucket, key, async () => {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body?.transformToString();
    });
  }

  /** Bytes of an object; undefined where there is none. */
  async size(bucket: string, key: string): Promise<number | undefined> {
    const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
    return this.find(bucket, key, async () => (await this.client.send(head)).ContentLength ?? 0);
  }

  /**
   * Downloads an object whose key names its content.
   * @throws StoreError where there is none, or its content is something else
   */
  async fetch(bucket: string, key: string, sha256: string, file: string): Promise<void> {
    await this.ask(bucket, key, async () => {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!(Body instanceof Readable)) throw new Error("no content");
      await pipeline(Body, createWriteStream(`${file}.partial`));
    });
    const found = await sha256Of(`${file}.partial`);
    const object = `s3://${bucket}/${key}`;
    if (found !== sha256) throw new StoreError(object, undefined, `found sha256 ${found}; allowed: ${sha256}`);
    renameSync(`${file}.partial`, file);
  }

  /**
   * Stores a file under a key that names its content, unless the key is taken: then the content is there already.
   * @param sha256 its digest in hex, which the store checks
   * @returns false where it was there
   */
  async putOnce(bucket: string, key: string, file: string, sha256: string): Promise<boolean> {
    // Asked first, so that megabytes are not sent to be refused.
    if ((await this.size(bucket, key)) !== undefined) return false;
    const checksum = Buffer.from(sha256, "hex").toString("base64");
    const body = () => ({
      Body: createReadStream(file),
      ContentLength: statSync(file).size,
      ChecksumSHA256: checksum,
    });
    return this.once(bucket, key, body);
  }

  /** The same for a text. */
  async putTextOnce(bucket: string, key: string, text: string): Promise<boolean> {
    return this.once(bucket, key, () => ({ Body: Buffer.from(text) }));
  }

  /** Stores a text under a key, whatever was there. */
  async putText(bucket: string, key: string, text: string): Promise<void> {
    await this.ask(bucket, key, () => this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text })));
  }

  /** Removes an object, if it is there. */
  async remove(bucket: string, key: string): Promise<void> {
    await this.ask(bucket, key, () => this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
  }

  private async once(bucket: string, key: string, body: () => Pick<PutObjectCommandInput, "Body">): Promise<boolean> {
    const put = () => new PutObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: "*", ...body() });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.ask(bucket, key, () => this.client.send(put()));
        return true;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.status === 412) return false;
        // A store may hang up on a body that it refuses; and nobody but us can send a stream again.
        if (error.status !== undefined || attempt === STREAM_ATTEMPTS) throw error;
        if ((await this.size(bucket, key)) !== undefined) return false;
      }
    }
  }

  protected async ask<T>(bucket: string, key: string, request: () => Promise<T>): Promise<T> {
    const pauses = [...this.patience];
    for (;;) {
      try {
        return await request();
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        const pause = status === undefined && isAway(error) ? pauses.shift() : undefined;
        if (pause === undefined) {
          const reason = status === 404 ? "found nothing" : reasonOf(error, this.endpoint);
          throw new StoreError(`s3://${bucket}/${key}`, status, reason, { cause: error });
        }
        await sleep(pause);
      }
    }
  }

  /** The same for an object that may not be there: undefined then. */
  protected async find<T>(bucket: string, key: string, request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.ask(bucket, key, request);
    } catch (error) {
      if (error instanceof StoreError && error.status === 404) return undefined;
      throw error;
    }
  }
}

/** Whether nobody listens at the store's address: it restarts, or its name is not known yet. */
function isAway(error: unknown): boolean {
  const codes = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ETIMEDOUT"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function reasonOf(error: unknown, endpoint: string): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses that all refused: the first tells enough.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const text = first instanceof Error ? first.message : error.message;
  return error instanceof S3ServiceException ? `${error.name}: ${text}` : `${endpoint}: ${text}`;
}

/** Digest of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

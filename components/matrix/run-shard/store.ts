import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, renameSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";

/** The S3 service of the farm; without credentials of its own they come from the usual AWS variables. */
export class Store {
  private readonly client: S3Client;

  /** @param endpoint URL, `http://s3.monofarm:7070` */
  constructor(
    endpoint: string,
    region: string,
    credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string },
  ) {
    this.client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: 8,
      ...(credentials !== undefined && { credentials }),
    });
  }

  /** An object's text; undefined where there is none. */
  async text(bucket: string, key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
      throw error;
    }
  }

  /** Downloads an object whose key names its content, and checks that it is that content. */
  async fetch(bucket: string, key: string, sha256: string, file: string): Promise<void> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new Error(`s3://${bucket}/${key}: no content`);
    await pipeline(Body, createWriteStream(`${file}.partial`));
    const found = await sha256Of(`${file}.partial`);
    if (found !== sha256) throw new Error(`s3://${bucket}/${key}: found sha256 ${found}; allowed: ${sha256}`);
    renameSync(`${file}.partial`, file);
  }

  /**
   * Stores a file under a key that names its content, unless the key is taken: then the content is there already.
   * @returns false where it was there
   */
  async putOnce(bucket: string, key: string, file: string): Promise<boolean> {
    return this.once(bucket, key, () => createReadStream(file), statSync(file).size);
  }

  /** The same for a text. */
  async putTextOnce(bucket: string, key: string, text: string): Promise<boolean> {
    const body = Buffer.from(text);
    return this.once(bucket, key, () => body, body.length);
  }

  /** Stores a text under a key, whatever was there. */
  async putText(bucket: string, key: string, text: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
  }

  private async once(bucket: string, key: string, body: () => Readable | Buffer, size: number): Promise<boolean> {
    try {
      const put = { Bucket: bucket, Key: key, Body: body(), ContentLength: size, IfNoneMatch: "*" };
      await this.client.send(new PutObjectCommand(put));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return false;
      throw error;
    }
  }
}

/** Digest of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

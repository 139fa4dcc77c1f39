import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import { Store, StoreError } from "../../components/matrix/run-shard/store";
import { UserError } from "../../components/user-error";

/** An object's text, and what names this version of it. */
export interface Versioned {
  readonly text: string;
  readonly etag: string;
}

/** Key of the object that shows whether a service keeps its conditions; it stays. */
export const PROBE = "conditional-writes";
const PROBE_TEXT = "Written once, to see that this service refuses a second writer.\n";

/** No version of any object. */
const NO_VERSION = `"${"0".repeat(32)}"`;

/** The farm's S3 service for those who publish: objects that change by comparison alone. */
export class RepositoryStore extends Store {
  /** An object and its version; undefined where there is none. */
  async read(bucket: string, key: string): Promise<Versioned | undefined> {
    return this.find(bucket, key, async () => {
      const { Body, ETag = "" } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { text: (await Body?.transformToString()) ?? "", etag: ETag };
    });
  }

  /**
   * Stores a text where the object is still the version that was read.
   * @param etag of that version; undefined where there was no object
   * @returns false where somebody else has written since
   */
  async compareAndPut(bucket: string, key: string, text: string, etag: string | undefined): Promise<boolean> {
    const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ...condition });
    try {
      await this.ask(bucket, key, () => this.client.send(put));
      return true;
    } catch (error) {
      // 409 is what S3 says of two at once, 404 of an object that is gone.
      if (error instanceof StoreError && [404, 409, 412].includes(error.status ?? 0)) return false;
      throw error;
    }
  }

  /**
   * Reads an object to its end without keeping it.
   * @param onBytes told of each piece as it comes
   * @returns its digest in hex and its bytes; undefined where there is none
   */
  async digest(
    bucket: string,
    key: string,
    onBytes: (count: number) => void,
  ): Promise<{ sha256: string; size: number } | undefined> {
    return this.find(bucket, key, async () => {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!(Body instanceof Readable)) throw new Error("no content");
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of Body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
        onBytes(chunk.length);
      }
      return { sha256: hash.digest("hex"), size };
    });
  }

  /**
   * Sees that the service keeps the conditions on which publishing rests.
   * @throws UserError where it writes although a condition forbids it
   */
  async checkConditions(bucket: string): Promise<void> {
    const refuse = (condition: string) => {
      const found = `it to write over s3://${bucket}/${PROBE} although ${condition} forbids it`;
      throw new UserError(this.endpoint, found, "an S3 service with conditional writes: If-None-Match and If-Match");
    };
    await this.putTextOnce(bucket, PROBE, PROBE_TEXT);
    if (await this.putTextOnce(bucket, PROBE, PROBE_TEXT)) refuse("If-None-Match");
    if (await this.compareAndPut(bucket, PROBE, PROBE_TEXT, NO_VERSION)) refuse("If-Match");
  }
}

import * as pulumi from "@pulumi/pulumi";

/** An S3 service: how to reach it, and as whom. */
export interface StoreAccess {
  /** URL, `http://host:port`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The same while Pulumi does not know all of it yet. */
export type StoreAccessInput = { readonly [Key in keyof StoreAccess]: pulumi.Input<string> };

/** Arguments of a bucket. */
export interface BucketArgs {
  readonly bucket: string;
  readonly access: StoreAccessInput;
  /** Keep every version of every object. @default false */
  readonly versioning?: boolean;
  /** Delete the objects with the bucket; without it a bucket that holds something refuses to go. @default false */
  readonly forceDestroy?: boolean;
}

interface State {
  readonly bucket: string;
  readonly access: StoreAccess;
  readonly versioning: boolean;
  readonly forceDestroy: boolean;
}

/** A bucket on any S3 service. On AWS the AWS provider's own is the better choice. */
export class Bucket extends pulumi.dynamic.Resource {
  declare readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, options?: pulumi.CustomResourceOptions) {
    const { bucket, access, versioning = false, forceDestroy = false } = args;
    super(
      provider,
      name,
      { bucket, access: pulumi.secret(access), versioning, forceDestroy },
      {
        ...options,
        additionalSecretOutputs: ["access"],
      },
    );
  }
}

async function open(access: StoreAccess) {
  const s3 = await import("@aws-sdk/client-s3");
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const credentials = { accessKeyId, secretAccessKey };
  return { s3, client: new s3.S3Client({ endpoint, region, forcePathStyle: true, credentials, maxAttempts: 10 }) };
}

/** What a bucket is, in one order. */
function facts({ bucket, access, versioning, forceDestroy }: State): string {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  return JSON.stringify([bucket, versioning, forceDestroy, endpoint, region, accessKeyId, secretAccessKey]);
}

async function setVersioning({ access, bucket, versioning }: State): Promise<void> {
  const { s3, client } = await open(access);
  const VersioningConfiguration = { Status: versioning ? ("Enabled" as const) : ("Suspended" as const) };
  await client.send(new s3.PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
}

async function empty({ access, bucket }: State): Promise<void> {
  const { s3, client } = await open(access);
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new s3.ListObjectVersionsCommand({ Bucket: bucket }),
    );
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found)
      await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
  }
}

const provider: pulumi.dynamic.ResourceProvider<State, State> = {
  create: async (inputs) => {
    const { s3, client } = await open(inputs.access);
    try {
      await client.send(new s3.CreateBucketCommand({ Bucket: inputs.bucket }));
    } catch (error) {
      // A run that was interrupted may have made it.
      if (!(error instanceof s3.BucketAlreadyOwnedByYou)) throw error;
    }
    if (inputs.versioning) await setVersioning(inputs);
    return { id: inputs.bucket, outs: inputs };
  },
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: facts(olds) !== facts(news),
      replaces: olds.bucket === news.bucket ? [] : ["bucket"],
    }),
  update: async (_id, olds, news) => {
    if (olds.versioning !== news.versioning) await setVersioning(news);
    return { outs: news };
  },
  delete: async (_id, state) => {
    const { s3, client } = await open(state.access);
    if (state.forceDestroy) await empty(state);
    await client.send(new s3.DeleteBucketCommand({ Bucket: state.bucket }));
  },
};

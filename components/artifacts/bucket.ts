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
  /** Days in which no version can be changed or deleted, by nobody. @default no lock */
  readonly lockDays?: number;
}

interface State {
  readonly bucket: string;
  readonly access: StoreAccess;
  readonly versioning: boolean;
  readonly forceDestroy: boolean;
  readonly lockDays?: number;
}

/** A bucket on any S3 service. On AWS the AWS provider's own is the better choice. */
export class Bucket extends pulumi.dynamic.Resource {
  declare readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, options?: pulumi.CustomResourceOptions) {
    const { bucket, access, versioning = false, forceDestroy = false, lockDays } = args;
    super(
      provider,
      name,
      { bucket, access: pulumi.secret(access), versioning, forceDestroy, ...(lockDays !== undefined && { lockDays }) },
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
function facts({ bucket, access, versioning, forceDestroy, lockDays }: State): string {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  return JSON.stringify([bucket, versioning, forceDestroy, endpoint, region, accessKeyId, secretAccessKey, lockDays]);
}

async function setVersioning({ access, bucket, versioning }: State): Promise<void> {
  const { s3, client } = await open(access);
  const VersioningConfiguration = { Status: versioning ? ("Enabled" as const) : ("Suspended" as const) };
  await client.send(new s3.PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
}

async function setLock({ access, bucket, lockDays }: State): Promise<void> {
  const { s3, client } = await open(access);
  const Rule = { DefaultRetention: { Mode: "COMPLIANCE" as const, Days: lockDays } };
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule };
  await client.send(new s3.PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration }));
  const found = await client.send(new s3.GetObjectLockConfigurationCommand({ Bucket: bucket }));
  if (found.ObjectLockConfiguration?.Rule?.DefaultRetention?.Days !== lockDays) throw new Error("it forgets the lock");
}

/** Asks the service to lock a new bucket, which goes again where it cannot. */
async function lockOrRefuse(state: State): Promise<void> {
  try {
    await setLock(state);
  } catch (error) {
    const { s3, client } = await open(state.access);
    await client.send(new s3.DeleteBucketCommand({ Bucket: state.bucket }));
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `monofarm:artifacts.releaseLock: found ${state.lockDays ?? 0} days, which ${state.access.endpoint} cannot hold (${reason}); allowed: none, or a service with Object Lock`,
      { cause: error },
    );
  }
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
      await client.send(
        new s3.CreateBucketCommand({
          Bucket: inputs.bucket,
          ...(inputs.lockDays !== undefined && { ObjectLockEnabledForBucket: true }),
        }),
      );
    } catch (error) {
      // A run that was interrupted may have made it.
      if (!(error instanceof s3.BucketAlreadyOwnedByYou)) throw error;
    }
    if (inputs.versioning) await setVersioning(inputs);
    if (inputs.lockDays !== undefined) await lockOrRefuse(inputs);
    return { id: inputs.bucket, outs: inputs };
  },
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: facts(olds) !== facts(news),
      replaces: [
        ...(olds.bucket === news.bucket ? [] : ["bucket"]),
        ...((olds.lockDays === undefined) === (news.lockDays === undefined) ? [] : ["lockDays"]),
      ],
    }),
  update: async (_id, olds, news) => {
    if (olds.versioning !== news.versioning) await setVersioning(news);
    if (olds.lockDays !== news.lockDays) await setLock(news);
    return { outs: news };
  },
  delete: async (_id, state) => {
    const { s3, client } = await open(state.access);
    if (state.forceDestroy) await empty(state);
    await client.send(new s3.DeleteBucketCommand({ Bucket: state.bucket }));
  },
};

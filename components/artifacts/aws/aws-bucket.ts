import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { bucketPolicy } from "./bucket-policy";
import { LOCKED, type Purpose } from "../purposes";
import { EXPIRY } from "./purposes";

/** Arguments of a bucket. */
export interface AwsBucketArgs {
  readonly purpose: Purpose;
  /** Put before the purpose: names of buckets are the whole world's. */
  readonly prefix: string;
  readonly keyArn: pulumi.Input<string>;
  readonly lockDays: number;
  /** ARNs of roles that may add objects. */
  readonly writers: pulumi.Input<readonly string[]>;
  readonly account: pulumi.Input<string>;
  /** Bucket of the access logs; undefined for that one itself. */
  readonly logs: pulumi.Input<string> | undefined;
}

/** Declares a bucket with all that makes it safe to keep something in. */
export function declareAwsBucket(args: AwsBucketArgs, options: pulumi.CustomResourceOptions): aws.s3.Bucket {
  const { purpose } = args;
  const isLocked = LOCKED.includes(purpose);
  // What is locked outlives the farm, with all that guards it.
  const kept = { ...options, retainOnDelete: isLocked };
  // A destroy that is refused for one protected resource still takes the others: every bucket is protected.
  const held = { ...kept, protect: true };
  const bucket = new aws.s3.Bucket(
    purpose,
    {
      bucket: `${args.prefix}${purpose}`,
      forceDestroy: false,
      objectLockEnabled: isLocked,
      tags: { "farm.build/purpose": purpose },
    },
    held,
  );
  const its = { bucket: bucket.bucket };
  const versioning = new aws.s3.BucketVersioning(
    purpose,
    { ...its, versioningConfiguration: { status: "Enabled" } },
    kept,
  );
  const closed = new aws.s3.BucketPublicAccessBlock(
    purpose,
    { ...its, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    kept,
  );
  new aws.s3.BucketOwnershipControls(purpose, { ...its, rule: { objectOwnership: "BucketOwnerEnforced" } }, kept);
  new aws.s3.BucketServerSideEncryptionConfiguration(
    purpose,
    {
      ...its,
      rules: [
        {
          bucketKeyEnabled: true,
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
        },
      ],
    },
    kept,
  );
  const policy = pulumi
    .all([bucket.bucket, args.writers, args.account])
    .apply(([name, writers, account]) =>
      JSON.stringify(
        bucketPolicy(purpose, { bucket: name, writers, ...(args.logs === undefined && { logsOf: account }) }),
      ),
    );
  new aws.s3.BucketPolicy(purpose, { ...its, policy }, { ...kept, dependsOn: [closed] });
  if (isLocked) {
    new aws.s3.BucketObjectLockConfiguration(
      purpose,
      { ...its, rule: { defaultRetention: { mode: "COMPLIANCE", days: args.lockDays } } },
      { ...held, dependsOn: [versioning] },
    );
  }
  if (args.logs !== undefined) {
    new aws.s3.BucketLogging(purpose, { ...its, targetBucket: args.logs, targetPrefix: `access/${purpose}/` }, kept);
  }
  const expiry = EXPIRY[purpose];
  new aws.s3.BucketLifecycleConfiguration(
    purpose,
    {
      ...its,
      rules: [
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        ...(expiry === undefined
          ? []
          : [
              {
                id: "expiry",
                status: "Enabled",
                filter: {},
                ...(expiry.days !== undefined && { expiration: { days: expiry.days } }),
                noncurrentVersionExpiration: { noncurrentDays: expiry.oldVersionDays },
              },
            ]),
      ],
    },
    { ...kept, dependsOn: [versioning] },
  );
  return bucket;
}

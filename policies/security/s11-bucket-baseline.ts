import { is, some, all, atLeast, includes, matches, unlessSet } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { rule } from "../rule";
import { BUCKETS, companionFindings } from "../stack-rules/buckets";

const BASELINE = {
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": all(
    ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((wall) =>
      is(wall, true),
    ),
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": is("rule.objectOwnership", "BucketOwnerEnforced"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": some(
    "rules",
    is("applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms"),
  ),
  "aws:s3/bucketVersioning:BucketVersioning": is("versioningConfiguration.status", "Enabled"),
  "aws:s3/bucketPolicy:BucketPolicy": some(
    "$policy.Statement",
    all(
      is("Effect", "Deny"),
      includes("$principals", "*"),
      includes("Action", "s3:*"),
      is("Condition.Bool[aws:SecureTransport]", "false"),
    ),
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": some(
    "rules",
    all(is("status", "Enabled"), atLeast("abortIncompleteMultipartUpload.daysAfterInitiation", 1)),
  ),
};

/** Buckets of access logs keep none of their own. */
const LOGGED = { "aws:s3/bucketLogging:BucketLogging": matches("targetBucket", ".") };
const KEEPS_LOGS = is("tags[farm.build/purpose]", "logs");

export const bucketBaseline = rule({
  id: "S11",
  name: "bucket-baseline",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/artifacts",
  requires:
    "each S3 bucket blocks public access, is its owner's, encrypted, versioned, heard by TLS alone, logged, ends unfinished uploads, and is not force-destroyed",
  because: "an artifact store that leaks or forgets is none",
  objects: [{ on: BUCKETS, must: unlessSet("forceDestroy", false) }],
  stack: (resources) => [
    ...companionFindings(resources, BASELINE),
    ...companionFindings(
      resources.filter(
        ({ props, type }) => !BUCKETS.types.includes(type) || evaluate(KEEPS_LOGS, props).answer !== "yes",
      ),
      LOGGED,
    ),
  ],
});

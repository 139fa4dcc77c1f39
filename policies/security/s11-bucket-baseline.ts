import { absent, all, any, atLeast, every, includes, is, matches, not, some, unlessSet } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { rule } from "../rule";
import { BUCKETS, bucketsOf, companionFindings } from "../stack-rules/buckets";

/** The bucket and all that is in it. */
const WHOLE = any(
  includes("Resource", "*"),
  all(...["$", "/\\*$"].map((end) => some("Resource", matches("", `^arn:[^:]*:s3:::[^/]+${end}`)))),
);
const TLS_ALONE = all(
  is("Effect", "Deny"),
  includes("$principals", "*"),
  includes("Action", "s3:*"),
  WHOLE,
  is("Condition.Bool[aws:SecureTransport]", "false"),
  every("$conditions", is("", "Bool aws:SecureTransport")),
);
const NOT_FOR_EVERYBODY = any(
  not(is("Effect", "Allow")),
  all(absent("NotPrincipal"), not(includes("$principals", "*"))),
);

const BASELINE = {
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": all(
    ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((wall) =>
      is(wall, true),
    ),
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": is("rule.objectOwnership", "BucketOwnerEnforced"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": some(
    "rules",
    all(is("applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms"), is("bucketKeyEnabled", true)),
  ),
  "aws:s3/bucketVersioning:BucketVersioning": is("versioningConfiguration.status", "Enabled"),
  "aws:s3/bucketPolicy:BucketPolicy": all(
    some("$policy.Statement", TLS_ALONE),
    every("$policy.Statement", NOT_FOR_EVERYBODY),
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
    "each S3 bucket blocks public access, is its owner's, encrypted by KMS under a bucket key, versioned, heard by TLS alone, allows nothing to everybody, is logged, ends unfinished uploads, and is not force-destroyed",
  because: "an artifact store that leaks or forgets is none",
  objects: [{ on: BUCKETS, must: unlessSet("forceDestroy", false) }],
  stack: (resources) => [
    ...companionFindings(bucketsOf(resources), resources, BASELINE),
    ...companionFindings(
      bucketsOf(resources).filter(({ props }) => evaluate(KEEPS_LOGS, props).answer !== "yes"),
      resources,
      LOGGED,
      ({ props }) => evaluate(not(KEEPS_LOGS), props).answer,
    ),
  ],
});

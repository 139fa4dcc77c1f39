import { is, some, all, unlessSet } from "../predicates/condition";
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
};

export const bucketBaseline = rule({
  id: "S11",
  name: "bucket-baseline",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/artifacts",
  requires: "each S3 bucket blocks public access, is its owner's, encrypted, versioned, and not force-destroyed",
  because: "an artifact store that leaks or forgets is none",
  objects: [{ on: BUCKETS, must: unlessSet("forceDestroy", false) }],
  stack: (resources) => companionFindings(resources, BASELINE),
});

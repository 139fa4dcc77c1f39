import { type PolicyDocument, policyDocument, type Statement } from "../../identity/policy-document";
import type { Purpose } from "../purposes";
import { ADDED_ONCE } from "./purposes";

/** Principals that a bucket of a purpose hears, by ARN; nobody else, whatever their own policies say. */
export interface BucketAccess {
  readonly bucket: string;
  /** ARNs of roles that may add objects. */
  readonly writers: readonly string[];
  /** Account whose other buckets may send their access logs; only for the bucket of logs. */
  readonly logsOf?: string;
}

const PUT = "s3:PutObject";

/** Where access logs lie in the bucket of logs. */
const ACCESS = "access/*";

/** The policy of a bucket: TLS alone, writers by name, and, where objects are added once, no object over another. */
export function bucketPolicy(purpose: Purpose, { bucket, writers, logsOf }: BucketAccess): PolicyDocument {
  const [whole, objects] = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const deny = { Effect: "Deny", Principal: "*" } as const;
  const statements: Statement[] = [
    {
      ...deny,
      Sid: "OnlyTls",
      Action: "s3:*",
      Resource: [whole, objects],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      ...deny,
      Sid: "OnlyWriters",
      Action: [PUT, "s3:DeleteObject"],
      Resource: objects,
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": writers.length > 0 ? writers : ["arn:aws:iam::000000000000:role/nobody"] },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    },
    {
      ...deny,
      Sid: "NoHistoryLost",
      Action: ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
      Resource: objects,
    },
  ];
  if (ADDED_ONCE.includes(purpose)) {
    statements.push({
      ...deny,
      Sid: "AddedOnce",
      Action: PUT,
      Resource: objects,
      // A part of a multipart upload cannot say so; that the upload as a whole is new is said at its end.
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    });
  }
  if (logsOf !== undefined) {
    statements.push({
      ...deny,
      Sid: "AccessLogsStay",
      Action: [PUT, "s3:DeleteObject"],
      Resource: `arn:aws:s3:::${bucket}/${ACCESS}`,
      Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } },
    });
    statements.push({
      Sid: "AccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: PUT,
      Resource: `arn:aws:s3:::${bucket}/${ACCESS}`,
      Condition: { StringEquals: { "aws:SourceAccount": logsOf } },
    });
  }
  return policyDocument(...statements);
}

/** What keeping the state of releases takes, in a bucket that holds nothing else. */
export function stateAccess(bucket: string | undefined): Statement[] {
  if (bucket === undefined) return [];
  const objects = ["s3:GetObject", PUT, "s3:DeleteObject"];
  return [
    { Sid: "FindState", Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${bucket}` },
    { Sid: "KeepState", Effect: "Allow", Action: objects, Resource: `arn:aws:s3:::${bucket}/.pulumi/*` },
  ];
}

/**
 * What a role may do with buckets, by their names: read these, add to those.
 * @param remove objects, as `<bucket>/<pattern>`, of which it may remove what is current
 */
export function roleAccess(
  key: string,
  read: readonly string[],
  write: readonly string[],
  remove: readonly string[],
): PolicyDocument {
  const objects = (buckets: readonly string[]) => buckets.map((bucket) => `arn:aws:s3:::${bucket}/*`);
  const statements: Statement[] = [];
  if (read.length > 0) {
    const whole = read.map((bucket) => `arn:aws:s3:::${bucket}`);
    statements.push({ Sid: "Find", Effect: "Allow", Action: "s3:ListBucket", Resource: whole });
    statements.push({ Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: objects(read) });
  }
  if (write.length > 0) statements.push({ Sid: "Add", Effect: "Allow", Action: PUT, Resource: objects(write) });
  if (remove.length > 0)
    statements.push({
      Sid: "Remove",
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: remove.map((object) => `arn:aws:s3:::${object}`),
    });
  const use = [...(read.length > 0 ? ["kms:Decrypt"] : []), ...(write.length > 0 ? ["kms:GenerateDataKey"] : [])];
  if (use.length > 0) statements.push({ Sid: "Key", Effect: "Allow", Action: use, Resource: key });
  return policyDocument(...statements);
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { type PolicyDocument, policyDocument } from "../../identity/policy-document";

/** Days that the control plane's logs are kept: audits ask for a year. */
const RETENTION_DAYS = 400;

/** Where a cluster's logs are. */
export interface ClusterLogsArgs {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** The cluster's name in EKS. */
  readonly clusterName: string;
}

/**
 * Declares the group that EKS writes a control plane's logs to, under a key of its own. It must be there before the
 * cluster: EKS would make one that keeps them for ever, unencrypted by a key of the farm's.
 */
export function declareClusterLogs(
  name: string,
  args: ClusterLogsArgs,
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  const key = new aws.kms.Key(
    `${name}-logs`,
    {
      description: "Logs of the farm's control plane",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: JSON.stringify(logsKeyPolicy(args)),
    },
    { ...options, protect: true },
  );
  return new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: groupOf(args), retentionInDays: RETENTION_DAYS, kmsKeyId: key.arn },
    { ...options, protect: true },
  );
}

function groupOf({ clusterName }: ClusterLogsArgs): string {
  return `/aws/eks/${clusterName}/cluster`;
}

/** Lets the account rule the key, and CloudWatch Logs use it for this one group. */
export function logsKeyPolicy(args: ClusterLogsArgs): PolicyDocument {
  const group = `arn:aws:logs:${args.region}:${args.account}:log-group:${groupOf(args)}`;
  return policyDocument(
    {
      Sid: "Account",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${args.account}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: `logs.${args.region}.amazonaws.com` },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Resource: "*",
      Condition: { StringEquals: { "kms:EncryptionContext:aws:logs:arn": group } },
    },
  );
}

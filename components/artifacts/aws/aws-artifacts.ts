import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { type GithubRun, trustGithub, trustPods } from "../../identity/policy-document";
import { declareRole } from "../../identity/role";
import { declareAwsBucket } from "./aws-bucket";
import { roleAccess } from "./bucket-policy";
import { AWS_PURPOSES, type AwsPurpose, type Writer, WRITERS } from "./purposes";

/** Arguments of an artifact store on AWS. */
export interface AwsArtifactsArgs {
  readonly provider: aws.Provider;
  readonly clusterName: pulumi.Input<string>;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly prefix: string;
  /** Days in which nobody can change or delete what was released. */
  readonly releaseLockDays: number;
  /** Namespace and service account of the pods of releases. */
  readonly clients: { readonly namespace: string; readonly serviceAccount: string };
  /** The runs of GitHub's workflows that submit and publish; without them there is no role to take. */
  readonly github?: { readonly planner: GithubRun; readonly publisher: GithubRun };
}

/** The buckets of a farm on AWS, and a role for each of those who add to them. No key lasts. */
export class AwsArtifacts extends pulumi.ComponentResource {
  readonly endpoint: string;
  readonly buckets: Readonly<Record<AwsPurpose, pulumi.Output<string>>>;
  /** ARNs by writer. */
  readonly roles: Readonly<Partial<Record<Writer, pulumi.Output<string>>>>;

  constructor(name: string, args: AwsArtifactsArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:artifacts:Aws", name, {}, options);
    const mine = { parent: this, provider: args.provider };
    this.endpoint = `https://s3.${args.region}.amazonaws.com`;
    const key = new aws.kms.Key(
      `${name}-objects`,
      { description: "Objects of the farm's buckets", enableKeyRotation: true, deletionWindowInDays: 30 },
      { ...mine, protect: true },
    );
    const roles = this.declareRoles(name, args, key, mine);
    this.roles = Object.fromEntries(Object.entries(roles).map(([writer, { arn }]) => [writer, arn]));
    const declare = (purpose: AwsPurpose, logs: pulumi.Output<string> | undefined) =>
      declareAwsBucket(
        {
          purpose,
          prefix: args.prefix,
          keyArn: key.arn,
          lockDays: args.releaseLockDays,
          writers: pulumi.all(
            Object.entries(roles).flatMap(([writer, { arn }]) =>
              WRITERS[writer as Writer].write.includes(purpose) ? [arn] : [],
            ),
          ),
          account: args.account,
          logs,
        },
        mine,
      ).bucket;
    const logs = declare("logs", undefined);
    this.buckets = Object.fromEntries(
      AWS_PURPOSES.map((purpose) => [purpose, purpose === "logs" ? logs : declare(purpose, logs)]),
    ) as Record<AwsPurpose, pulumi.Output<string>>;
    new aws.eks.PodIdentityAssociation(
      `${name}-client`,
      { clusterName: args.clusterName, ...args.clients, roleArn: roles.client.arn },
      mine,
    );
    this.registerOutputs({ buckets: this.buckets });
  }

  private declareRoles(name: string, args: AwsArtifactsArgs, key: aws.kms.Key, mine: pulumi.CustomResourceOptions) {
    const bucket = (purpose: AwsPurpose) => `${args.prefix}${purpose}`;
    const policy = (writer: Writer) => {
      const { read, write } = WRITERS[writer];
      return key.arn.apply((arn) => roleAccess(arn, read.map(bucket), write.map(bucket)));
    };
    const client = declareRole(`${name}-client`, { trust: trustPods(), policy: policy("client") }, mine);
    if (args.github === undefined) return { client };
    const { planner, publisher } = args.github;
    const issuer = new aws.iam.OpenIdConnectProvider(
      `${name}-github`,
      { url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] },
      mine,
    );
    const role = (writer: Writer, run: GithubRun) =>
      declareRole(
        `${name}-${writer}`,
        { trust: issuer.arn.apply((arn) => trustGithub(arn, run)), policy: policy(writer) },
        mine,
      );
    return { client, planner: role("planner", planner), publisher: role("publisher", publisher) };
  }
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import {
  type GithubRun,
  type PolicyDocument,
  policyDocument,
  trustGithub,
  trustPods,
} from "../../identity/policy-document";
import { declareRole } from "../../identity/role";
import { declareAwsBucket } from "./aws-bucket";
import { roleAccess, stateAccess } from "./bucket-policy";
import { pusherPolicy } from "../../identity/image-policies";
import { declareRegistry, type ImageName, IMAGES, repositoryName } from "./registry";
import { type Purpose, PURPOSES } from "../purposes";
import { type Writer, WRITERS } from "./purposes";

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
  readonly github?: {
    readonly planner: GithubRun;
    readonly publisher: GithubRun;
    readonly pusher?: GithubRun;
    readonly stateBucket?: string;
  };
  /** ARNs of roles that push images where no run of GitHub's does. */
  readonly administrators: readonly string[];
}

/** Seconds that a run may keep its role: a release is followed to its end. */
const SESSION_SECONDS = 43_200;

type Roles = Readonly<{ client: aws.iam.Role } & Partial<Record<"planner" | "publisher" | "pusher", aws.iam.Role>>>;

/** The buckets of a farm on AWS, its registry, and a role for each of those who add to them. No key lasts. */
export class AwsArtifacts extends pulumi.ComponentResource {
  readonly endpoint: string;
  readonly buckets: Readonly<Record<Purpose, pulumi.Output<string>>>;
  /** ARNs by writer. */
  readonly roles: Readonly<Partial<Record<Writer | "pusher", pulumi.Output<string>>>>;
  /** Where images are pushed to and pulled from, without a tag. */
  readonly registry: Readonly<Record<ImageName, pulumi.Output<string>>>;

  constructor(name: string, args: AwsArtifactsArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:artifacts:Aws", name, {}, options);
    const mine = { parent: this, provider: args.provider };
    this.endpoint = `https://s3.${args.region}.amazonaws.com`;
    const key = new aws.kms.Key(
      `${name}-objects`,
      { description: "Objects of the farm's buckets", enableKeyRotation: true, deletionWindowInDays: 30 },
      // Without it nobody reads what outlives the farm.
      { ...mine, protect: true, retainOnDelete: true },
    );
    const { pusher, ...roles } = this.declareRoles(name, args, key, mine);
    this.roles = {
      ...Object.fromEntries(Object.entries(roles).map(([writer, { arn }]) => [writer, arn])),
      ...(pusher !== undefined && { pusher: pusher.arn }),
    };
    const repositories = declareRegistry(
      { pushers: pusher === undefined ? args.administrators : pusher.arn.apply((arn) => [arn]) },
      mine,
    );
    this.registry = Object.fromEntries(
      Object.entries(repositories).map(([image, { repositoryUrl }]) => [image, repositoryUrl]),
    ) as Record<ImageName, pulumi.Output<string>>;
    const declare = (purpose: Purpose, logs: pulumi.Output<string> | undefined) =>
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
      PURPOSES.map((purpose) => [purpose, purpose === "logs" ? logs : declare(purpose, logs)]),
    ) as Record<Purpose, pulumi.Output<string>>;
    new aws.eks.PodIdentityAssociation(
      `${name}-client`,
      { clusterName: args.clusterName, ...args.clients, roleArn: roles.client.arn },
      mine,
    );
    this.registerOutputs({ buckets: this.buckets });
  }

  private declareRoles(
    name: string,
    args: AwsArtifactsArgs,
    key: aws.kms.Key,
    mine: pulumi.CustomResourceOptions,
  ): Roles {
    const named = (place: string) => `${args.prefix}${place}`;
    const policy = (writer: Writer) => {
      const { read, write, remove = [] } = WRITERS[writer];
      return key.arn.apply((arn) => roleAccess(arn, read.map(named), write.map(named), remove.map(named)));
    };
    const client = declareRole(`${name}-client`, { trust: trustPods(), policy: policy("client") }, mine);
    if (args.github === undefined) return { client };
    const { planner, publisher, pusher, stateBucket } = args.github;
    const issuer = new aws.iam.OpenIdConnectProvider(
      `${name}-github`,
      { url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] },
      mine,
    );
    const role = (of: string, run: GithubRun, its: pulumi.Input<PolicyDocument>) =>
      declareRole(
        `${name}-${of}`,
        { trust: issuer.arn.apply((arn) => trustGithub(arn, run)), policy: its, sessionSeconds: SESSION_SECONDS },
        mine,
      );
    const arns = IMAGES.map(
      (image) => `arn:aws:ecr:${args.region}:${args.account}:repository/${repositoryName(image)}`,
    );
    return {
      client,
      planner: role(
        "planner",
        planner,
        policy("planner").apply(({ Statement }) => policyDocument(...Statement, ...stateAccess(stateBucket))),
      ),
      publisher: role("publisher", publisher, policy("publisher")),
      ...(pusher !== undefined && { pusher: role("pusher", pusher, pusherPolicy(arns)) }),
    };
  }
}

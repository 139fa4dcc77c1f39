import * as pulumi from "@pulumi/pulumi";

import * as inner from "../artifacts/aws/aws-artifacts";
import { declareAwsProvider } from "../platform/aws/provider";

/** A workflow of GitHub's in one environment of a repository. */
export interface GithubWorkflowArgs {
  readonly environment: string;
  /** `owner/repository/.github/workflows/release.yml@refs/heads/main`. */
  readonly workflow: string;
}

/** The workflows that submit and publish releases. */
export interface GithubArgs {
  /** Numeric id: names can be given away and taken by others. */
  readonly repositoryId: string;
  readonly planner: GithubWorkflowArgs;
  readonly publisher: GithubWorkflowArgs;
}

/** Arguments of an artifact store on AWS. */
export interface AwsArtifactsArgs {
  /** Such as `eu-west-2`. */
  readonly region: string;
  /** 12 digits: no other account is touched. */
  readonly account: string;
  /** The EKS cluster whose pods add to the buckets. */
  readonly clusterName: pulumi.Input<string>;
  /** Put before the buckets' names, which are the whole world's. */
  readonly prefix: string;
  /** Days in which nobody can change or delete what was released (S3 Object Lock, COMPLIANCE). */
  readonly releaseLockDays: number;
  /** ARNs of IAM roles that push images. */
  readonly administrators: string[];
  /** Namespace of the pods of releases. Default: monofarm-release. */
  readonly clientNamespace?: string;
  /** Service account of the pods of releases. Default: client. */
  readonly clientServiceAccount?: string;
  /** Default: no workflow of GitHub's has a role. */
  readonly github?: GithubArgs;
}

/** The buckets of a farm on AWS, and a role for each of those who add to them. No key lasts. */
export class AwsArtifacts extends pulumi.ComponentResource {
  /** URL of S3 in the region. */
  readonly endpoint: pulumi.Output<string>;
  /** Names by purpose: sources, matrix, release, provenance, repo, logs. */
  readonly buckets: pulumi.Output<Record<string, string>>;
  /** ARNs of roles by writer: client, and planner and publisher where GitHub's workflows have roles. */
  readonly roles: pulumi.Output<Record<string, string>>;
  /** Where images are pushed to and pulled from, by name, without a tag. */
  readonly registry: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: AwsArtifactsArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:index:AwsArtifacts", name, {}, options);
    const { region, account, github, clientNamespace, clientServiceAccount, ...rest } = args;
    const provider = declareAwsProvider(name, { region, account }, { parent: this });
    const artifacts = new inner.AwsArtifacts(
      name,
      {
        ...rest,
        region,
        account,
        provider,
        clients: {
          namespace: clientNamespace ?? "monofarm-release",
          serviceAccount: clientServiceAccount ?? "client",
        },
        ...(github !== undefined && {
          github: {
            planner: { repositoryId: github.repositoryId, ...github.planner },
            publisher: { repositoryId: github.repositoryId, ...github.publisher },
          },
        }),
      },
      { parent: this },
    );
    this.endpoint = pulumi.output(artifacts.endpoint);
    this.buckets = pulumi.output<Record<string, pulumi.Output<string>>>(artifacts.buckets);
    this.roles = pulumi.output<Record<string, pulumi.Output<string>>>({ ...artifacts.roles });
    this.registry = pulumi.output<Record<string, pulumi.Output<string>>>({ ...artifacts.registry });
    this.registerOutputs();
  }
}

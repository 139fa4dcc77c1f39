/** Values of a policy, one or several. */
type OneOrMore = string | readonly string[];

/** A statement of an IAM or resource policy, as AWS reads it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?:
    "*" | Readonly<Record<"AWS" | "Service" | "Federated", OneOrMore>> | Readonly<Record<string, OneOrMore>>;
  readonly Action: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** A policy document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** A document of these statements. */
export function policyDocument(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Lets a service of AWS take a role. */
export function trustService(service: string): PolicyDocument {
  return policyDocument({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" });
}

/** Lets pods of EKS take a role, by their association alone. */
export function trustPods(): PolicyDocument {
  return policyDocument({
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  });
}

/** Host of GitHub's tokens. */
const GITHUB = "token.actions.githubusercontent.com";

/** The one workflow run that may take a role. */
export interface GithubRun {
  /** Numeric id: names can be given away and taken by others. */
  readonly repositoryId: string;
  readonly environment: string;
  /** `owner/repository/.github/workflows/release.yml@refs/heads/main`. */
  readonly workflow: string;
}

/** Claims of GitHub's tokens that say which run it is, in the order in which a token's subject repeats them. */
export const RUN_CLAIMS = ["repository_id", "environment", "job_workflow_ref"] as const;

/**
 * Lets one workflow in one environment of one repository take a role. AWS compares the subject, and each claim by itself:
 * a subject that the repository's administrators reshape gives nobody the role.
 */
export function trustGithub(providerArn: string, { repositoryId, environment, workflow }: GithubRun): PolicyDocument {
  const claims = { repository_id: repositoryId, environment, job_workflow_ref: workflow };
  return policyDocument({
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB}:aud`]: "sts.amazonaws.com",
        [`${GITHUB}:sub`]: RUN_CLAIMS.map((claim) => `${claim}:${claims[claim]}`).join(":"),
        ...Object.fromEntries(RUN_CLAIMS.map((claim) => [`${GITHUB}:${claim}`, claims[claim]])),
      },
    },
  });
}

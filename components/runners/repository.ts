import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

import { type GithubRun, RUN_CLAIMS } from "../identity/policy-document";
import type { GithubApp } from "./github-app";
import { parseWorkflow } from "./workflow";

/** Arguments of a repository whose workflows release. */
export interface GithubRepositoryArgs {
  /** May administer the repository and the organization's groups of runners; its key stays with whoever runs Pulumi. */
  readonly app: GithubApp;
  /** The run that submits releases: nobody is asked. */
  readonly planner: GithubRun;
  /** The run that publishes them: a reviewer is asked each time. */
  readonly publisher: GithubRun;
  /** The run that builds images and pushes them, where one does. */
  readonly pusher?: GithubRun;
  /** Numeric ids of those who may let a run publish, six at most; never whoever started it. */
  readonly reviewers: { readonly users: readonly number[]; readonly teams: readonly number[] };
  /** Patterns of the actions that workflows may use, such as `actions/checkout@*`; each by its hash. */
  readonly actions: readonly string[];
  /**
   * What the run of each environment must know, by name; nothing secret. Not of the repository: whoever may write to it
   * could change those.
   */
  readonly variables: {
    readonly planner: Readonly<Record<string, pulumi.Input<string>>>;
    readonly publisher: Readonly<Record<string, pulumi.Input<string>>>;
    readonly pusher: Readonly<Record<string, pulumi.Input<string>>>;
  };
}

/** What a repository on GitHub must be so that its workflows can be trusted with releases. */
export class GithubRepository extends pulumi.ComponentResource {
  /** Name of the group of runners that these workflows alone get. */
  readonly group: pulumi.Output<string>;

  constructor(name: string, args: GithubRepositoryArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:runners:GithubRepository", name, {}, options);
    const { owner, repository } = parseWorkflow(args.publisher.workflow);
    const { id, installationId, privateKey } = args.app;
    const provider = new github.Provider(
      name,
      { owner, appAuth: { id, installationId, pemFile: pulumi.secret(privateKey) } },
      { parent: this },
    );
    const mine = { parent: this, provider };
    new github.ActionsRepositoryPermissions(
      name,
      {
        repository,
        enabled: true,
        allowedActions: "selected",
        allowedActionsConfig: {
          githubOwnedAllowed: false,
          verifiedAllowed: false,
          patternsAlloweds: [...args.actions],
        },
        shaPinningRequired: true,
      },
      mine,
    );
    new github.WorkflowRepositoryPermissions(
      name,
      { repository, defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false },
      mine,
    );
    new github.ActionsRepositoryOidcSubjectClaimCustomizationTemplate(
      name,
      { repository, useDefault: false, includeClaimKeys: [...RUN_CLAIMS] },
      mine,
    );
    this.declareEnvironment(args.planner, args.variables.planner, {}, mine);
    if (args.pusher !== undefined) this.declareEnvironment(args.pusher, args.variables.pusher, {}, mine);
    const { users, teams } = args.reviewers;
    const reviewed = { preventSelfReview: true, reviewers: [{ users: [...users], teams: [...teams] }] };
    this.declareEnvironment(args.publisher, args.variables.publisher, reviewed, mine);
    this.group = new github.ActionsRunnerGroup(
      name,
      {
        name: "monofarm",
        visibility: "selected",
        selectedRepositoryIds: [Number(args.publisher.repositoryId)],
        allowsPublicRepositories: false,
        restrictedToWorkflows: true,
        selectedWorkflows: [...new Set([args.planner.workflow, args.publisher.workflow])],
      },
      mine,
    ).name;
    this.registerOutputs({ group: this.group });
  }

  /** An environment that runs of one branch or tag alone may enter. */
  private declareEnvironment(
    { environment, workflow }: GithubRun,
    variables: Readonly<Record<string, pulumi.Input<string>>>,
    review: Pick<github.RepositoryEnvironmentArgs, "preventSelfReview" | "reviewers">,
    options: pulumi.CustomResourceOptions,
  ): void {
    const { repository, branch, tag } = parseWorkflow(workflow);
    const declared = new github.RepositoryEnvironment(
      environment,
      {
        repository,
        environment,
        canAdminsBypass: false,
        deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
        ...review,
      },
      options,
    );
    const its = { repository, environment: declared.environment };
    new github.RepositoryEnvironmentDeploymentPolicy(
      environment,
      {
        ...its,
        ...(branch !== undefined && { branchPattern: branch }),
        ...(tag !== undefined && { tagPattern: tag }),
      },
      options,
    );
    for (const [variableName, value] of Object.entries(variables))
      new github.ActionsEnvironmentVariable(`${environment}-${variableName}`, { ...its, variableName, value }, options);
  }
}

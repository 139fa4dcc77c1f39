import { resources } from "./view";

export const RUNNER_GROUPS = resources("runner groups", "github:index/actionsRunnerGroup:ActionsRunnerGroup");
export const ENVIRONMENTS = resources("environments", "github:index/repositoryEnvironment:RepositoryEnvironment");
export const ACTIONS_PERMISSIONS = resources(
  "permissions of Actions",
  "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  "github:index/actionsOrganizationPermissions:ActionsOrganizationPermissions",
);
export const WORKFLOW_PERMISSIONS = resources(
  "permissions of workflows",
  "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
);
export const ACTIONS_SECRETS = resources(
  "secrets of Actions",
  "github:index/actionsSecret:ActionsSecret",
  "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
  "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
);

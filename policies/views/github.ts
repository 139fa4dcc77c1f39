import { resources, type View } from "./view";

export const RUNNER_GROUPS = resources(
  "runner groups",
  "github:index/actionsRunnerGroup:ActionsRunnerGroup",
  "github:index/enterpriseActionsRunnerGroup:EnterpriseActionsRunnerGroup",
);
export const ENVIRONMENTS = resources("environments", "github:index/repositoryEnvironment:RepositoryEnvironment");
/** Which branches and tags may deploy to an environment. */
export const DEPLOYMENT_POLICIES = resources(
  "deployment policies of environments",
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
);
export const ACTIONS_PERMISSIONS = resources(
  "permissions of Actions",
  "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  "github:index/actionsOrganizationPermissions:ActionsOrganizationPermissions",
);
export const WORKFLOW_PERMISSIONS = resources(
  "permissions of workflows",
  "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
  "github:index/actionsOrganizationWorkflowPermissions:ActionsOrganizationWorkflowPermissions",
  "github:index/enterpriseActionsWorkflowPermissions:EnterpriseActionsWorkflowPermissions",
);
/** Secrets that workflows read; `$name` is in capitals, as GitHub keeps it. */
export const ACTIONS_SECRETS: View = {
  title: "secrets of Actions, Dependabot and Codespaces",
  types: [
    "github:index/actionsSecret:ActionsSecret",
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
    "github:index/dependabotSecret:DependabotSecret",
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret",
    "github:index/codespacesSecret:CodespacesSecret",
    "github:index/codespacesOrganizationSecret:CodespacesOrganizationSecret",
  ],
  subjects: ({ props }) => {
    const name = props["secretName"];
    return [{ path: "", value: { ...props, $name: typeof name === "string" ? name.toUpperCase() : name } }];
  },
};

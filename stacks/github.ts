import * as pulumi from "@pulumi/pulumi";

import { GithubRepository } from "../components/runners/repository";
import { Runners } from "../components/runners/runners";
import { parseWorkflow } from "../components/runners/workflow";
import type { Values } from "./config/check";
import type { FARM_SLICES } from "./config/farm";
import type { FarmOutputs } from "./outputs";
import type { Place } from "./place";

type Config = Pick<Values<typeof FARM_SLICES>, "github" | "runners">;

/** What workflows are told, of what the farm's stack puts out. */
export interface Told {
  readonly endpoint: pulumi.Input<string>;
  readonly s3: pulumi.Input<FarmOutputs["s3"]>;
  readonly roles?: pulumi.Input<NonNullable<FarmOutputs["roles"]>>;
}

/** Sets the repository up whose workflows release, and their runners on the farm; nothing where the stack names none. */
export function declareGithub(
  { github, runners }: Config,
  { platform, aws, outputs }: Place,
  namespaceLabels: Readonly<Record<string, string>>,
  told: Told,
): Pick<FarmOutputs, "runsOn"> {
  if (github?.administration === undefined) return {};
  const { planner, publisher, repositoryId, administration } = github;
  const repository = new GithubRepository("github", {
    ...administration,
    planner: { repositoryId, ...planner },
    publisher: { repositoryId, ...publisher },
    variables: {
      ...variablesOf(told),
      ...(aws !== undefined && { MONOFARM_CLUSTER: aws.clusterName }),
    },
    ofEnvironment: { planner: roleOf(told, "planner"), publisher: roleOf(told, "publisher") },
  });
  if (runners === undefined) return {};
  const { runsOn } = new Runners("runners", {
    platform,
    namespaceLabels,
    organization: parseWorkflow(publisher.workflow).owner,
    group: repository.group,
    app: runners.app,
    images: { runner: runners.images.runner, ...controllerOf(runners.images) },
    sets: runners.sets.map(({ architecture, maximum, cpu, memory }) => ({
      architecture,
      maximum,
      needs: { cpu, memory },
    })),
    ...(outputs.egress.dns !== undefined && { dns: outputs.egress.dns }),
  });
  return { runsOn };
}

function controllerOf({ controller }: NonNullable<Config["runners"]>["images"]): { controller?: string } {
  return controller === undefined ? {} : { controller };
}

/** Variables that every run of the repository may read. */
function variablesOf({ endpoint, s3 }: Told): Record<string, pulumi.Input<string>> {
  const store = pulumi.output(s3);
  return {
    MONOFARM_ENDPOINT: endpoint,
    MONOFARM_REGION: store.region,
    MONOFARM_S3: store.endpoint,
    MONOFARM_LOGS_BUCKET: store.buckets.logs,
    MONOFARM_RELEASE_BUCKET: store.buckets.release,
  };
}

/** The role that runs of one environment may take. */
function roleOf({ roles }: Told, writer: string): Record<string, pulumi.Input<string>> {
  if (roles === undefined) return {};
  return { MONOFARM_ROLE: pulumi.output(roles).apply((all) => all[writer] ?? "") };
}

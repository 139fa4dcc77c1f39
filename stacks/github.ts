import * as pulumi from "@pulumi/pulumi";

import { declareReleaseAccess } from "../components/platform/aws/release-access";
import { GithubRepository } from "../components/runners/repository";
import { Runners } from "../components/runners/runners";
import { parseWorkflow } from "../components/runners/workflow";
import type { Values } from "./config/check";
import type { FARM_SLICES } from "./config/farm";
import { FARM_FACTS, type FarmFacts } from "./farm-facts";
import type { FarmOutputs } from "./outputs";
import type { Place } from "./place";

type Config = Pick<Values<typeof FARM_SLICES>, "github" | "runners">;

/** What the farm's stack puts out, as far as workflows are told. */
export type Told = { readonly [Fact in keyof FarmFacts]: pulumi.Input<FarmFacts[Fact]> } & {
  readonly roles?: pulumi.Input<NonNullable<FarmOutputs["roles"]>>;
};

/** Sets the repository up whose workflows release, and their runners on the farm; nothing where the stack names none. */
export function declareGithub(
  { github, runners }: Config,
  { platform, aws, outputs }: Place,
  namespaceLabels: Readonly<Record<string, string>>,
  releases: string,
  told: Told,
): Pick<FarmOutputs, "runsOn"> {
  if (github !== undefined && aws !== undefined) {
    const mine = { parent: aws };
    declareReleaseAccess(
      {
        clusterName: aws.clusterName,
        principalArn: roleOf(told, "planner"),
        releases,
      },
      { ...mine, provider: aws.aws },
      { ...mine, provider: platform.provider },
    );
  }
  if (github?.administration === undefined) return {};
  const { planner, publisher, pusher, repositoryId, administration } = github;
  const region = { MONOFARM_REGION: pulumi.output(told.s3).region };
  // Of any other cluster's facts some are secret.
  const farm = aws === undefined ? {} : { MONOFARM_FARM: factsOf(told) };
  const repository = new GithubRepository("github", {
    ...administration,
    planner: { repositoryId, ...planner },
    publisher: { repositoryId, ...publisher },
    ...(pusher !== undefined && { pusher: { repositoryId, ...pusher } }),
    variables: {
      planner: {
        ...roleVariable(told, "planner"),
        ...region,
        ...farm,
        ...(github.stateBucket !== undefined && { MONOFARM_STATE: `s3://${github.stateBucket}` }),
      },
      publisher: { ...roleVariable(told, "publisher"), ...region, ...farm },
      pusher: { ...roleVariable(told, "pusher"), ...region },
    },
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

/** The farm's facts, as `./farm submit` reads them. */
function factsOf(told: Told): pulumi.Output<string> {
  return pulumi.jsonStringify(Object.fromEntries(FARM_FACTS.map((fact) => [fact, told[fact]])));
}

/** ARN of a role; empty where there is none. */
function roleOf({ roles }: Told, writer: string): pulumi.Output<string> {
  return pulumi.output(roles).apply((all) => all?.[writer] ?? "");
}

/** The role that runs of one environment may take. */
function roleVariable(told: Told, writer: string): Record<string, pulumi.Input<string>> {
  return told.roles === undefined ? {} : { MONOFARM_ROLE: roleOf(told, writer) };
}

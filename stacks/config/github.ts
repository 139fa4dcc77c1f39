import { z } from "zod";

import { isWorkflow, parseWorkflow } from "../../components/runners/workflow";
import type { PlaceConfig } from "./place";
import { architecture } from "./place";
import { cpu, digest, memory, text, whole } from "./values";

const WORKFLOW = "owner/repository/.github/workflows/FILE.yml@refs/heads/BRANCH";
const run = z.strictObject({
  environment: z.string("an environment of the repository").min(1, "an environment of the repository"),
  workflow: z.string(WORKFLOW).refine(isWorkflow, WORKFLOW),
});

/** A GitHub App; its key is set by `pulumi config set --secret --path`. */
const app = z.strictObject({
  id: text("the App's id, quoted", /^\d+$/),
  installationId: text("the id of its installation, quoted", /^\d+$/),
  privateKey: text("the App's private key, a PEM", /^-----BEGIN [A-Z ]*PRIVATE KEY-----/),
});

const REVIEWERS = "one to six numeric ids of users and teams";
const ids = z.array(whole(1, Number.MAX_SAFE_INTEGER), "numeric ids").default([]);

/** What checkout, credentials of AWS and nothing else need. */
const ACTIONS = ["actions/checkout@*", "aws-actions/configure-aws-credentials@*"];

/** `monofarm:github`: the workflows that may submit and publish releases, and the repository that they are in. */
export const githubSlice = z
  .strictObject({
    /** Numeric: names can be taken by others. */
    repositoryId: text("the numeric id of a repository, quoted", /^\d+$/),
    planner: run,
    publisher: run,
    /** The run that builds images and pushes them; without it administrators of the cluster do. */
    pusher: run.optional(),
    /** Bucket with the state of releases alone, which the planner keeps; never that of the farm. */
    stateBucket: text(
      "a bucket's name, such as example-release-state",
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    ).optional(),
    /** Lets Pulumi set the repository up; without it that is done by hand. */
    administration: z
      .strictObject({
        /** May administer the repository, and the organization's groups of runners. */
        app,
        reviewers: z.strictObject({ users: ids, teams: ids }).refine(({ users, teams }) => {
          const count = users.length + teams.length;
          return count >= 1 && count <= 6;
        }, REVIEWERS),
        actions: z
          .array(text("a pattern such as actions/checkout@*", /^[\w.-]+\/[\w./-]+@\S+$/), "patterns of actions")
          .default(ACTIONS),
      })
      .optional(),
  })
  .optional();

/** `monofarm:runners`: GitHub's runners on the farm's own nodes. */
export const runnersSlice = z
  .strictObject({
    /** May register runners of the organization, and nothing else: its key is in the cluster. */
    app,
    images: z.strictObject({ controller: digest.optional(), runner: digest }),
    sets: z
      .array(
        z.strictObject({
          architecture,
          maximum: whole(1, 1000),
          cpu,
          memory,
        }),
        "a list of sets",
      )
      .min(1, "at least one set"),
  })
  .optional();

interface Checked {
  readonly platform: PlaceConfig;
  readonly github?: z.infer<typeof githubSlice>;
  readonly runners?: z.infer<typeof runnersSlice>;
}

/** What the slices about GitHub do not see by themselves. */
export function crossCheckGithub(
  { platform, github, runners }: Checked,
  refuse: (key: string, found: unknown, allowed: string) => void,
): void {
  if (github !== undefined) {
    const { planner, publisher, administration } = github;
    const at = ({ workflow }: typeof planner) => {
      const { owner, repository } = parseWorkflow(workflow);
      return `${owner}/${repository}`;
    };
    if (github.pusher?.environment === planner.environment || github.pusher?.environment === publisher.environment)
      refuse("github.pusher.environment", github.pusher.environment, "another than the planner's and the publisher's");
    if (at(planner) !== at(publisher))
      refuse("github.publisher.workflow", publisher.workflow, `a workflow of ${at(planner)}, as the planner's is`);
    if (planner.environment === publisher.environment)
      refuse(
        "github.publisher.environment",
        publisher.environment,
        "another than the planner's: it waits for reviewers",
      );
    if (platform.kind === "local")
      refuse("github", "workflows", "nothing: GitHub cannot reach the farm of one machine");
    if (platform.kind === "kubernetes" && administration === undefined)
      refuse("github.administration", undefined, "an App: the roles that remain without it are AWS'");
  }
  if (runners === undefined) return;
  if (platform.kind === "local") refuse("runners", "sets", "nothing: the farm of one machine has no way out to GitHub");
  if (github?.administration === undefined)
    refuse("github.administration", undefined, "an App: it makes the group that monofarm:runners are in");
  if (platform.kind === "aws" && !platform.nat)
    refuse("platform.nat", false, "true: monofarm:runners reach GitHub from the system nodes");
  for (const [index, set] of runners.sets.entries()) {
    const path = `runners.sets.${index}.architecture`;
    if (runners.sets.findIndex((each) => each.architecture === set.architecture) !== index)
      refuse(path, set.architecture, "one set an architecture");
    if (!platform.pools.some((pool) => pool.role === "client" && pool.architecture === set.architecture))
      refuse(path, set.architecture, "what monofarm:platform.pools has a pool of role client for");
  }
}

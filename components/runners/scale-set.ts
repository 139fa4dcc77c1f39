import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { CONFINED, podDefaults, type Resources, selector } from "../buildbarn/pod";
import type { Architecture, NodePool } from "../platform/platform";
import { CONTROLLER_VERSION } from "./controller";

/** Runners of one architecture, as many as there are jobs for them. */
export interface RunnerSet {
  readonly architecture: Architecture;
  /** Most runners at once; there are none where no job waits. */
  readonly maximum: number;
  /** Requested for a runner; more memory it never gets. */
  readonly needs: Resources;
}

/** Arguments of a set of runners. */
export interface ScaleSetArgs {
  readonly namespace: pulumi.Input<string>;
  /** `https://github.com/ORGANIZATION`: groups belong to organizations. */
  readonly url: string;
  readonly group: pulumi.Input<string>;
  /** Secret with the App's key. */
  readonly secret: pulumi.Input<string>;
  readonly serviceAccount: pulumi.Input<string>;
  /** The runner's image, by digest. */
  readonly image: string;
  /** Nodes that stay: what a spot node takes along is stuck for an hour. */
  readonly pool: NodePool;
  readonly set: RunnerSet;
}

/** The uid of `runner` in GitHub's image. */
const RUNNER_USER = 1001;

/** GiB for a job's checkout and caches. */
const WORK_GIB = 20;

/** A job would be lost with its pod: nobody may move it. */
const STAYS = {
  "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
  "karpenter.sh/do-not-disrupt": "true",
};

/** What a workflow's `runs-on` says to get a runner of an architecture. */
export function runsOn(architecture: Architecture): string {
  return `monofarm-${architecture}`;
}

/**
 * Declares a set of runners as the controller reads it, so that a preview and the policies see its pods. Its version
 * label is the controller's own; raising the controller by a minor makes sets anew, the old one first, for the controller
 * deletes what names another.
 */
export function declareScaleSet(
  args: ScaleSetArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apiextensions.CustomResource {
  const { namespace, set } = args;
  const name = runsOn(set.architecture);
  return new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: "actions.github.com/v1alpha1",
      kind: "AutoscalingRunnerSet",
      metadata: { name, namespace, labels: { ...selector("runner"), "app.kubernetes.io/version": CONTROLLER_VERSION } },
      spec: {
        githubConfigUrl: args.url,
        githubConfigSecret: args.secret,
        runnerGroup: args.group,
        runnerScaleSetName: name,
        // Idle runners would keep a changed set from ever being taken up.
        minRunners: 0,
        maxRunners: set.maximum,
        template: { metadata: { labels: selector("runner"), annotations: STAYS }, spec: runnerPod(args) },
        listenerTemplate: LISTENER,
      },
    },
    { ...options, replaceOnChanges: ["metadata.labels"], deleteBeforeReplace: true },
  );
}

/** One job, then gone: no Docker, no rights in the cluster, no token but the one that GitHub gives the job. */
function runnerPod(args: ScaleSetArgs): kubernetes.types.input.core.v1.PodSpec {
  const { cpu, memory } = args.set.needs;
  const work = `${WORK_GIB}Gi`;
  return {
    ...podDefaults(args.pool),
    serviceAccountName: args.serviceAccount,
    restartPolicy: "Never",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: RUNNER_USER,
      runAsGroup: RUNNER_USER,
      fsGroup: RUNNER_USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "runner",
        image: args.image,
        command: ["/home/runner/run.sh"],
        resources: {
          requests: { cpu, memory, "ephemeral-storage": work },
          limits: { memory, "ephemeral-storage": work },
        },
        // The runner keeps its logs and settings beside its programs.
        securityContext: { ...CONFINED, readOnlyRootFilesystem: false },
        volumeMounts: [{ name: "work", mountPath: "/home/runner/_work" }],
      },
    ],
    volumes: [{ name: "work", emptyDir: { sizeLimit: work } }],
  };
}

/** The controller's pod that asks GitHub for jobs: it says nothing of confinement by itself. */
const LISTENER = {
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "listener",
        resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
        securityContext: CONFINED,
      },
    ],
  },
};

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { declareGateway } from "./gateway";
import { jobLabels, jobSpec, type ReleasePods } from "./job-spec";
import type { ReleasePlan } from "./plan";

/** What `ReleaseJobs` takes. */
export interface ReleaseJobsArgs {
  readonly plan: ReleasePlan;
  readonly namespace: pulumi.Input<string>;
  readonly pods: ReleasePods;
  /** What must exist first, such as the shard lists. @default nothing */
  readonly after?: pulumi.Input<pulumi.Resource>[];
}

/** What may change of a Job that runs, or has run. */
const WHILE_RUNNING = [
  "spec.parallelism",
  "spec.activeDeadlineSeconds",
  "spec.template.spec.initContainers",
  "spec.template.spec.volumes",
];

/**
 * The Indexed Jobs of a release. A Job is a run: it has no time to live, since one that vanished would run again, and
 * nobody waits for it here, since Pulumi does not know failed indexes; the verdict is in what the indexes write.
 */
export class ReleaseJobs extends pulumi.ComponentResource {
  /** One a Job of the plan, in its order. */
  readonly jobs: readonly kubernetes.batch.v1.Job[];
  readonly names: readonly string[];

  /** @param opts must bring the Kubernetes provider: `{ providers: [provider] }` */
  constructor(name: string, args: ReleaseJobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("monofarm:matrix:ReleaseJobs", name, {}, opts);
    const { plan, namespace, pods, after = [] } = args;
    const gateway = declareGateway(namespace, pods.frontend, { parent: this });
    const behind = [...after, gateway];
    this.names = plan.jobs.map((job) => job.name);
    this.jobs = plan.jobs.map(
      (job) =>
        new kubernetes.batch.v1.Job(
          `${name}-${job.name}`,
          {
            metadata: {
              name: job.name,
              namespace,
              labels: jobLabels(plan.id, job),
              annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: jobSpec(plan.id, job, pods),
          },
          // Throttle, deadline and gateway may change while a release runs, and none is a reason to run it again.
          { parent: this, dependsOn: behind, ignoreChanges: [...WHILE_RUNNING] },
        ),
    );
    this.registerOutputs({ names: this.names });
  }
}

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { SCHEDULER_PORTS, type SchedulerDemand, schedulerConfiguration } from "./configuration/scheduler";
import { DIAGNOSTICS_PORT } from "./configuration/server";
import { declareConfiguration } from "./configuration-files";
import { AS_FARM_USER, dependencies, type PartArgs, podDefaults, podMetadata, program, selector } from "./pod";
import { KEYS_MOUNT, KEYS_VOLUME, TOKENS_MOUNT, tokensVolume } from "./tokens";

/** Arguments of the scheduler. */
export interface SchedulerArgs extends PartArgs {
  readonly demand: SchedulerDemand;
}

/**
 * Declares the scheduler: exactly one pod, for its queue is in memory. A rollout ends the old one first: two queues
 * would each believe that they have every worker.
 */
export function declareScheduler(
  args: SchedulerArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const { namespace } = args;
  const labels = selector("scheduler");
  const metadata = { name: "scheduler", namespace, labels };
  const ports = Object.entries(SCHEDULER_PORTS).map(([name, port]) => ({ name: name.toLowerCase(), port }));
  const configurations = { scheduler: schedulerConfiguration(args.demand) };
  const config = declareConfiguration("scheduler", configurations, { namespace, labels }, options);
  // It comes before its pods and goes after them: workers tell the scheduler that they leave.
  const annotations = { "pulumi.com/skipAwait": "true" };
  const service = new kubernetes.core.v1.Service(
    "scheduler",
    { metadata: { ...metadata, annotations }, spec: { selector: selector("scheduler"), ports } },
    options,
  );
  return new kubernetes.apps.v1.Deployment(
    "scheduler",
    {
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: selector("scheduler") },
        template: {
          metadata: podMetadata("scheduler"),
          spec: {
            ...podDefaults(args.pool),
            serviceAccountName: "scheduler",
            securityContext: AS_FARM_USER,
            containers: [
              {
                ...program("bb_scheduler", "scheduler", args, { cpu: "100m", memory: "1Gi" }, [
                  TOKENS_MOUNT,
                  KEYS_MOUNT,
                ]),
                ports: [...ports.map(({ port }) => ({ containerPort: port })), { containerPort: DIAGNOSTICS_PORT }],
              },
            ],
            volumes: [config.volume, tokensVolume("browser", "storage"), KEYS_VOLUME],
          },
        },
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap, service] },
  );
}

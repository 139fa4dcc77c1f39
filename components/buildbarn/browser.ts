import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { BROWSER_PORTS, browserConfiguration } from "./configuration/browser";
import type { Callers } from "./configuration/identity";
import { SCHEDULER_PORTS } from "./configuration/scheduler";
import { DIAGNOSTICS_PORT } from "./configuration/server";
import { declareConfiguration } from "./configuration-files";
import { FIGURES_PORT } from "./network-policies";
import { AS_FARM_USER, dependencies, type PartArgs, podDefaults, podMetadata, program, selector } from "./pod";
import { KEYS_MOUNT, KEYS_VOLUME, TOKENS_MOUNT, tokensVolume } from "./tokens";

const MEMORY_MIB = 256;

/** Memory at which Go collects what is unused, however busy it is: the rest is for what Go does not count. */
const GO_MEMORY_MIB = Math.floor(0.8 * MEMORY_MIB);

/** Arguments of the browser. */
export interface BrowserArgs extends PartArgs {
  readonly shards: number;
  readonly callers: Callers;
}

/**
 * Declares what shows the farm to people: recent actions and of each its command, inputs and outputs; the scheduler's
 * pages; Prometheus' figures. Nobody calls it over the network but workers, who tell it what they ran, and the
 * parts on the way to them, whose spans it takes; one pod, for it remembers both.
 */
export function declareBrowser(
  args: BrowserArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const { namespace } = args;
  const labels = selector("browser");
  const metadata = { name: "browser", namespace, labels };
  const shown = {
    scheduler: `http://scheduler:${SCHEDULER_PORTS.pages}`,
    figures: `http://prometheus:${FIGURES_PORT}`,
  };
  const configurations = { browser: browserConfiguration(args.shards, args.callers, shown) };
  const config = declareConfiguration("browser", configurations, { namespace, labels }, options);
  const service = new kubernetes.core.v1.Service(
    "browser",
    {
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        selector: labels,
        ports: [
          { name: "actions", port: BROWSER_PORTS.actions },
          { name: "spans", port: BROWSER_PORTS.spans },
        ],
      },
    },
    options,
  );
  return new kubernetes.apps.v1.Deployment(
    "browser",
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: podMetadata("browser"),
          spec: {
            ...podDefaults(args.pool),
            serviceAccountName: "browser",
            securityContext: AS_FARM_USER,
            containers: [
              {
                ...program("farm_browser", "browser", args, { cpu: "20m", memory: `${MEMORY_MIB}Mi` }, [
                  TOKENS_MOUNT,
                  KEYS_MOUNT,
                ]),
                env: [{ name: "GOMEMLIMIT", value: `${GO_MEMORY_MIB}MiB` }],
                ports: [...Object.values(BROWSER_PORTS), DIAGNOSTICS_PORT].map((containerPort) => ({ containerPort })),
              },
            ],
            volumes: [config.volume, tokensVolume("scheduler", "storage"), KEYS_VOLUME],
          },
        },
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap, service] },
  );
}

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { FRONTEND_PORT, frontendConfiguration } from "./configuration/frontend";
import { DIAGNOSTICS_PORT } from "./configuration/server";
import { declareConfiguration } from "./configuration-files";
import {
  AS_FARM_USER,
  dependencies,
  type PartArgs,
  podDefaults,
  podMetadata,
  program,
  selector,
} from "./pod";

/** Arguments of the frontend. */
export interface FrontendArgs extends PartArgs {
  readonly shards: number;
  readonly replicas: number;
}

/** Declares the door for clients: a Deployment without state, and its Service. */
export function declareFrontend(args: FrontendArgs, options: pulumi.CustomResourceOptions): kubernetes.core.v1.Service {
  const { namespace } = args;
  const labels = selector("frontend");
  const metadata = { name: "frontend", namespace, labels };
  const configurations = { frontend: frontendConfiguration(args.shards) };
  const config = declareConfiguration("frontend", configurations, { namespace, labels }, options);
  const deployment = new kubernetes.apps.v1.Deployment(
    "frontend",
    {
      metadata,
      spec: {
        replicas: args.replicas,
        selector: { matchLabels: selector("frontend") },
        template: {
          metadata: podMetadata("frontend"),
          spec: {
            ...podDefaults(args.pool),
            terminationGracePeriodSeconds: 60,
            securityContext: AS_FARM_USER,
            containers: [
              {
                ...program("bb_storage", "frontend", args, { cpu: "100m", memory: "1Gi" }),
                ports: [{ containerPort: FRONTEND_PORT }, { containerPort: DIAGNOSTICS_PORT }],
              },
            ],
            volumes: [config.volume],
          },
        },
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap] },
  );
  return new kubernetes.core.v1.Service(
    "frontend",
    { metadata, spec: { selector: selector("frontend"), ports: [{ name: "grpc", port: FRONTEND_PORT }] } },
    { ...options, dependsOn: [deployment] },
  );
}

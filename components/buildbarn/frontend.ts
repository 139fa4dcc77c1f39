import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { FRONTEND_PORT, frontendConfiguration, OUTSIDE_PORT, TLS_DIRECTORY } from "./configuration/frontend";
import type { Callers } from "./configuration/identity";
import { DIAGNOSTICS_PORT } from "./configuration/server";
import { declareConfiguration } from "./configuration-files";
import { declareDisruptionBudget, spread } from "./disruption";
import { AS_FARM_USER, dependencies, type PartArgs, podDefaults, podMetadata, program, selector } from "./pod";
import { KEYS_MOUNT, KEYS_VOLUME, TOKENS_MOUNT, tokensVolume } from "./tokens";

/** Arguments of the frontend. */
export interface FrontendArgs extends PartArgs {
  readonly shards: number;
  readonly callers: Callers;
  readonly replicas: number;
  /** Secret with the key pair for clients outside the cluster. @default it serves none */
  readonly tlsSecret?: string;
}

const TLS_MOUNT = { name: "tls", mountPath: TLS_DIRECTORY, readOnly: true };

/** Declares the door for clients: a Deployment without state, and its Service. */
export function declareFrontend(args: FrontendArgs, options: pulumi.CustomResourceOptions): kubernetes.core.v1.Service {
  const { namespace } = args;
  const labels = selector("frontend");
  const metadata = { name: "frontend", namespace, labels };
  const configurations = { frontend: frontendConfiguration(args.shards, args.callers, args.tlsSecret !== undefined) };
  const config = declareConfiguration("frontend", configurations, { namespace, labels }, options);
  declareDisruptionBudget("frontend", { namespace, labels }, 1, options);
  const isOutside = args.tlsSecret !== undefined;
  const mounts = [TOKENS_MOUNT, KEYS_MOUNT, ...(isOutside ? [TLS_MOUNT] : [])];
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
            topologySpreadConstraints: spread(labels, "apart where possible"),
            serviceAccountName: "frontend",
            terminationGracePeriodSeconds: 60,
            securityContext: AS_FARM_USER,
            containers: [
              {
                ...program("bb_storage", "frontend", args, { cpu: "100m", memory: "1Gi" }, mounts),
                ports: [
                  { containerPort: FRONTEND_PORT },
                  ...(isOutside ? [{ containerPort: OUTSIDE_PORT }] : []),
                  { containerPort: DIAGNOSTICS_PORT },
                ],
              },
            ],
            volumes: [
              config.volume,
              tokensVolume("browser", "scheduler", "storage"),
              KEYS_VOLUME,
              ...(args.tlsSecret === undefined ? [] : [{ name: "tls", secret: { secretName: args.tlsSecret } }]),
            ],
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

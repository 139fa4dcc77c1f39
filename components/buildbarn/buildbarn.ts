import * as pulumi from "@pulumi/pulumi";

import { findPool, type Architecture, type NodePool, type Platform } from "../platform/platform";
import { UserError } from "../user-error";
import { FRONTEND_PORT } from "./configuration/frontend";
import { callers, type ServiceAccountName } from "./configuration/identity";
import { declareFrontend } from "./frontend";
import { declareOutside, OUTSIDE_SECRET, type OutsideArgs } from "./outside";
import { platformProperties } from "./platform-properties";
import { declareScheduler } from "./scheduler";
import { declareStorage, type StorageDemand } from "./storage";
import { declareTokenKeys } from "./token-keys";
import { declareAccounts } from "./tokens";
import { declareWorkers, type WorkerPool } from "./workers";

/** Arguments of a BuildBarn cluster. */
export interface BuildBarnArgs {
  readonly platform: Platform;
  readonly namespace: pulumi.Output<string>;
  /** The same, known beforehand: who the farm's parts are to each other. */
  readonly namespaceName: string;
  /** Who may execute actions and read results: Bazel's pods. */
  readonly clients: readonly ServiceAccountName[];
  /** Image with the BuildBarn programs, by digest. */
  readonly image: string;
  /** `Never` where images are brought to the nodes beforehand. */
  readonly imagePullPolicy: string;
  readonly storage: StorageDemand;
  readonly frontendReplicas: number;
  /** Serves clients outside the cluster, too, by TLS. @default pods alone */
  readonly outside?: Omit<OutsideArgs, "namespace">;
  /** At most one pool of each class of an architecture. */
  readonly workers: readonly WorkerPool[];
  /** Seconds that any action may take. */
  readonly maximumExecutionSeconds: number;
  /** What must be there before any pod, and go after all: the network policies. @default nothing */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * Storage, frontend, scheduler and workers of BuildBarn. Clients reach it at `endpoint`; only workers write the action
 * cache.
 */
export class BuildBarn extends pulumi.ComponentResource {
  /** Where clients connect, from inside the cluster: `grpc://frontend.<namespace>:8980`. */
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: BuildBarnArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:buildbarn:BuildBarn", name, {}, options);
    const { platform, namespace, image, imagePullPolicy } = args;
    const first = { parent: this, provider: platform.provider, dependsOn: [...(args.after ?? [])] };
    const part = (pool: NodePool) => ({ namespace, image, imagePullPolicy, pool });
    const { shards } = args.storage;
    const known = callers(args.namespaceName, args.clients);

    const keys = declareTokenKeys(
      { ...part(pool(platform, "system")), namespaceName: args.namespaceName, issuer: platform.tokenIssuer },
      first,
    );
    const accounts = declareAccounts(namespace, first);
    const mine = { ...first, dependsOn: [...first.dependsOn, ...keys, ...accounts] };

    const storage = declareStorage(
      {
        ...part(pool(platform, "storage")),
        demand: args.storage,
        callers: known,
        storageClassName: platform.storageClassName,
        key: "monofarm:storage",
      },
      { ...mine, dependsOn: [...mine.dependsOn, ...platform.volumes] },
    );
    const scheduler = declareScheduler(
      {
        ...part(pool(platform, "system")),
        demand: {
          shards,
          callers: known,
          platforms: args.workers.map(({ architecture, workerClass, workerImage }) =>
            platformProperties(architecture, workerClass, workerImage),
          ),
          maximumExecutionSeconds: args.maximumExecutionSeconds,
        },
      },
      mine,
    );
    // Workers end before the scheduler that they report to, and the storage that they write to.
    const behind = { ...mine, dependsOn: [storage, scheduler] };
    const outside = args.outside === undefined ? [] : declareOutside({ ...args.outside, namespace }, first);
    const frontend = declareFrontend(
      {
        ...part(pool(platform, "system")),
        shards,
        callers: known,
        replicas: args.frontendReplicas,
        ...(args.outside !== undefined && { tlsSecret: OUTSIDE_SECRET }),
      },
      { ...behind, dependsOn: [...behind.dependsOn, ...outside] },
    );
    const workers = args.workers.map((pods) =>
      declareWorkers(
        {
          ...part(pool(platform, "worker", pods.architecture)),
          shards,
          workers: pods,
          largestFileBytes: args.storage.cas.largestBlobBytes,
          maximumExecutionSeconds: args.maximumExecutionSeconds,
        },
        behind,
      ),
    );

    // A client that is told the endpoint finds the whole cluster behind it.
    const ready = pulumi.all([storage.id, scheduler.id, frontend.id, ...workers.map(({ id }) => id)]);
    this.endpoint = pulumi.all([namespace, ready]).apply(([where]) => `grpc://frontend.${where}:${FRONTEND_PORT}`);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/** The farm's own parts run on amd64 or arm64, whichever the platform has. */
function pool(platform: Platform, role: NodePool["role"], architecture?: Architecture): NodePool {
  const found = findPool(platform, role, architecture);
  if (found !== undefined) return found;
  const pools = platform.pools.map((candidate) => `${candidate.role}/${candidate.architecture}`).join(", ");
  throw new UserError(
    "monofarm:workers",
    `${role}${architecture === undefined ? "" : `/${architecture}`}`,
    `a pool of the platform: ${pools}`,
  );
}

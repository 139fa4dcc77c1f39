import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Claim } from "../platform/kubernetes/local-volumes";
import { planStore, type StoreDemand, volumeBytes } from "./capacity";
import { STORAGE_PORT } from "./configuration/blob-access";
import type { Callers } from "./configuration/identity";
import { DIAGNOSTICS_PORT } from "./configuration/server";
import { declareConfiguration } from "./configuration-files";
import { declareDisruptionBudget, spread } from "./disruption";
import { stateDirectory, STORAGE_DIRECTORY, storageConfiguration, STORES } from "./configuration/storage";
import {
  AS_FARM_USER,
  dataVolume,
  dependencies,
  directories,
  type PartArgs,
  podDefaults,
  podMetadata,
  program,
  selector,
} from "./pod";
import { KEYS_MOUNT, KEYS_VOLUME } from "./tokens";

/** Disk of a farm's storage. */
export interface StorageDemand {
  /** Shards over which the keys are spread evenly; changing it moves most blobs. */
  readonly shards: number;
  /** The CAS of one shard. */
  readonly cas: StoreDemand;
  /** The action cache of one shard. */
  readonly ac: StoreDemand;
}

/** Arguments of the storage shards. */
export interface StorageArgs extends PartArgs {
  readonly demand: StorageDemand;
  readonly callers: Callers;
  readonly storageClassName: pulumi.Input<string> | undefined;
  /** Configuration key that sizes come from, for errors. */
  readonly key: string;
}

function plans(demand: StorageDemand, key: string) {
  return { cas: planStore("cas", demand.cas, `${key}.cas`), ac: planStore("ac", demand.ac, `${key}.ac`) };
}

/** The claims that the shards make, for platforms without a provisioner. */
export function storageClaims(namespace: string, demand: StorageDemand, key: string): Claim[] {
  const bytes = volumeBytes(Object.values(plans(demand, key)));
  return Array.from({ length: demand.shards }, (_, index) => ({ namespace, name: `data-storage-${index}`, bytes }));
}

/** Declares the shards: a StatefulSet whose pods each hold a part of the CAS and of the action cache. */
export function declareStorage(
  args: StorageArgs,
  options: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.StatefulSet {
  const { namespace, demand } = args;
  const stores = plans(demand, args.key);
  const labels = selector("storage");
  const metadata = { name: "storage", namespace, labels };
  const configurations = { storage: storageConfiguration(stores, args.callers) };
  const config = declareConfiguration("storage", configurations, { namespace, labels }, options);
  new kubernetes.core.v1.Service(
    "storage",
    {
      metadata,
      spec: {
        clusterIP: "None",
        // Shards find no other shard: a client may connect as soon as the process listens.
        publishNotReadyAddresses: true,
        selector: selector("storage"),
        ports: [{ name: "grpc", port: STORAGE_PORT }],
      },
    },
    options,
  );
  declareDisruptionBudget("storage", { namespace, labels }, 1, options);
  const data = { name: "data", mountPath: STORAGE_DIRECTORY };
  // The page cache of mapped blocks counts towards the limit and is given back under pressure.
  const shard = program("bb_storage", "storage", args, { cpu: "100m", memory: "2Gi" }, [KEYS_MOUNT, data]);
  return new kubernetes.apps.v1.StatefulSet(
    "storage",
    {
      metadata,
      spec: {
        serviceName: "storage",
        replicas: demand.shards,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: selector("storage") },
        template: {
          metadata: podMetadata("storage"),
          spec: {
            ...podDefaults(args.pool),
            topologySpreadConstraints: spread(labels, "apart"),
            terminationGracePeriodSeconds: 60,
            securityContext: AS_FARM_USER,
            initContainers: [directories(args, data, STORES.map(stateDirectory))],
            containers: [
              {
                ...shard,
                ports: [{ containerPort: STORAGE_PORT }, { containerPort: DIAGNOSTICS_PORT }],
              },
            ],
            volumes: [config.volume, KEYS_VOLUME],
          },
        },
        ...dataVolume(args.storageClassName, volumeBytes(Object.values(stores))),
      },
    },
    { ...options, dependsOn: [...dependencies(options), config.configMap] },
  );
}

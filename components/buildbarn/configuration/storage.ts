import type { StorePlan } from "../capacity";
import { type BlobAccess, STORAGE_PORT } from "./blob-access";
import { type Callers, only, tokenPolicy } from "./identity";
import {
  type Authorizer,
  diagnostics,
  type Global,
  type GrpcClient,
  grpcServer,
  type GrpcServer,
  MAXIMUM_MESSAGE_BYTES,
} from "./server";

/** A store as bb_storage serves it. */
export interface ServedStore {
  readonly backend: BlobAccess;
  readonly getAuthorizer: Authorizer;
  readonly putAuthorizer: Authorizer;
}

/** Configuration of `bb_storage`, which is a storage shard or a frontend. */
export interface BbStorage {
  readonly grpcServers: readonly GrpcServer[];
  readonly schedulers?: Readonly<Record<string, { readonly endpoint: GrpcClient }>>;
  readonly contentAddressableStorage: ServedStore & { readonly findMissingAuthorizer: Authorizer };
  readonly actionCache: ServedStore;
  readonly executeAuthorizer?: Authorizer;
  readonly maximumMessageSizeBytes: number;
  readonly global: Global;
}

/** Where a shard's volume is mounted. */
export const STORAGE_DIRECTORY = "/storage";

/** The stores of a shard, which name its directories. */
export const STORES = ["cas", "ac"] as const;

/** Directory of a store's persistent state; bb_storage wants it to exist. */
export function stateDirectory(store: (typeof STORES)[number]): string {
  return `${STORAGE_DIRECTORY}/${store}/state`;
}

/**
 * A storage shard: CAS and action cache on its own disk. Workers alone write the action cache, whoever else reaches it;
 * the scheduler reads actions from the CAS, the browser both stores, and no more.
 */
export function storageConfiguration(
  plans: Readonly<Record<(typeof STORES)[number], StorePlan>>,
  { frontend, scheduler, worker, browser }: Callers,
): BbStorage {
  return {
    grpcServers: [
      {
        ...grpcServer(STORAGE_PORT, tokenPolicy("storage", frontend, scheduler, worker, browser)),
        stopGracefully: true,
      },
    ],
    contentAddressableStorage: {
      backend: localStore("cas", plans.cas),
      getAuthorizer: only(frontend, scheduler, worker, browser),
      putAuthorizer: only(frontend, worker),
      findMissingAuthorizer: only(frontend, worker),
    },
    actionCache: {
      backend: localStore("ac", plans.ac),
      getAuthorizer: only(frontend, worker, browser),
      putAuthorizer: only(worker),
    },
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    global: diagnostics(),
  };
}

function localStore(store: (typeof STORES)[number], plan: StorePlan): BlobAccess {
  const { oldBlocks, currentBlocks, newBlocks, spareBlocks, keyLocationMapBytes, blocksBytes } = plan;
  const file = (name: string, sizeBytes: number) => ({
    file: { path: `${STORAGE_DIRECTORY}/${store}/${name}`, sizeBytes },
  });
  return {
    local: {
      keyLocationMapOnBlockDevice: file("key_location_map", keyLocationMapBytes),
      keyLocationMapMaximumGetAttempts: 16,
      keyLocationMapMaximumPutAttempts: 64,
      oldBlocks,
      currentBlocks,
      newBlocks,
      blocksOnBlockDevice: { source: file("blocks", blocksBytes), spareBlocks },
      persistent: { stateDirectoryPath: stateDirectory(store), minimumEpochInterval: "300s" },
    },
  };
}

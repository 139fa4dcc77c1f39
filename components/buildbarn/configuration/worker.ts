import type { PlatformProperty } from "../platform-properties";
import { type BlobAccess, shardedStorage } from "./blob-access";
import { BROWSER_PORTS, BROWSER_URL } from "./browser";
import { authenticated } from "./identity";
import { SCHEDULER_PORTS } from "./scheduler";
import { tracing } from "./tracing";
import { diagnostics, environmentVariable, type Global, type GrpcClient, MAXIMUM_MESSAGE_BYTES } from "./server";

/** Configuration of `bb_worker` with one native build directory. */
export interface BbWorker {
  readonly blobstore: { readonly contentAddressableStorage: BlobAccess; readonly actionCache: BlobAccess };
  readonly scheduler: GrpcClient;
  /** What a client is told of an action that failed: where it can be seen. */
  readonly browserUrl: string;
  /** Who is told of every action that ended. */
  readonly completedActionLoggers: readonly { readonly client: GrpcClient; readonly maximumSendQueueSize: number }[];
  readonly maximumMessageSizeBytes: number;
  readonly inputDownloadConcurrency: number;
  readonly outputUploadConcurrency: number;
  readonly directoryCache: {
    readonly maximumCount: number;
    readonly maximumSizeBytes: number;
    readonly cacheReplacementPolicy: string;
  };
  readonly supportLegacyOutputFilesAndDirectories: boolean;
  readonly buildDirectories: readonly {
    readonly native: {
      readonly buildDirectoryPath: string;
      readonly cacheDirectoryPath: string;
      readonly maximumCacheFileCount: number;
      readonly maximumCacheSizeBytes: number;
      readonly cacheReplacementPolicy: string;
    };
    readonly runners: readonly {
      readonly endpoint: GrpcClient;
      readonly concurrency: number;
      readonly platform: { readonly properties: readonly PlatformProperty[] };
      readonly workerId: Readonly<Record<string, string>>;
    }[];
  }[];
  readonly global: Global;
}

/** What a worker must know of the farm. */
export interface WorkerDemand {
  readonly shards: number;
  readonly platform: readonly PlatformProperty[];
  /** Bytes of input files kept on disk for later actions. */
  readonly inputCacheBytes: number;
}

/** Where actions run; the path shows in what they build, so it is the same on every worker. */
export const BUILD_DIRECTORY = "/worker/build";

/** Input files, hard-linked into build directories; out of the runner's sight. */
export const CACHE_DIRECTORY = "/worker/cache";

/** The socket between worker and runner. */
export const RUNNER_SOCKET = "/run/runner/socket";

/** Actions that a worker remembers while the browser does not answer; what comes then is not told. */
const UNTOLD_ACTIONS = 100;

/** A worker that runs one action at a time. Its id is the pod's name, from the variable `POD_NAME`. */
export function workerConfiguration({ shards, platform, inputCacheBytes }: WorkerDemand): BbWorker {
  const storage = shardedStorage(shards);
  return {
    blobstore: { contentAddressableStorage: storage, actionCache: storage },
    scheduler: authenticated(`scheduler:${SCHEDULER_PORTS.worker}`, "scheduler"),
    browserUrl: BROWSER_URL,
    completedActionLoggers: [
      { client: authenticated(`browser:${BROWSER_PORTS.actions}`, "browser"), maximumSendQueueSize: UNTOLD_ACTIONS },
    ],
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    inputDownloadConcurrency: 10,
    outputUploadConcurrency: 11,
    directoryCache: {
      maximumCount: 1000,
      maximumSizeBytes: 1000 * 1024,
      cacheReplacementPolicy: "LEAST_RECENTLY_USED",
    },
    supportLegacyOutputFilesAndDirectories: true,
    buildDirectories: [
      {
        native: {
          buildDirectoryPath: BUILD_DIRECTORY,
          cacheDirectoryPath: CACHE_DIRECTORY,
          maximumCacheFileCount: 100_000,
          maximumCacheSizeBytes: inputCacheBytes,
          cacheReplacementPolicy: "LEAST_RECENTLY_USED",
        },
        runners: [
          {
            endpoint: { address: `unix://${RUNNER_SOCKET}` },
            concurrency: 1,
            platform: { properties: platform },
            workerId: { pod: environmentVariable("POD_NAME") },
          },
        ],
      },
    ],
    global: { ...diagnostics(), ...tracing("worker", false), setUmask: { umask: 0 } },
  };
}

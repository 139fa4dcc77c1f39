import type { PlatformProperty } from "../platform-properties";
import { type BlobAccess, shardedStorage } from "./blob-access";
import { BROWSER_URL } from "./browser";
import { type Callers, only, tokenPolicy } from "./identity";
import {
  type Authorizer,
  diagnostics,
  type Empty,
  type Global,
  grpcServer,
  type GrpcServer,
  type HttpServer,
  MAXIMUM_MESSAGE_BYTES,
} from "./server";
import { tracing } from "./tracing";

/** Ports of the scheduler: its pages, clients' executions, workers, and the state of the queues. */
export const SCHEDULER_PORTS = { pages: 7982, client: 8982, worker: 8983, queueState: 8984 } as const;

/** Where the scheduler's pages are, on its own port as in the browser. */
export const SCHEDULER_PREFIX = "/scheduler/";

/** Configuration of `bb_scheduler`. */
export interface BbScheduler {
  readonly clientGrpcServers: readonly GrpcServer[];
  readonly workerGrpcServers: readonly GrpcServer[];
  readonly buildQueueStateGrpcServers: readonly GrpcServer[];
  readonly adminHttpServers: readonly HttpServer[];
  readonly adminRoutePrefix: string;
  /** What its pages lead to an action by. */
  readonly browserUrl: string;
  readonly contentAddressableStorage: BlobAccess;
  readonly executeAuthorizer: Authorizer;
  readonly modifyDrainsAuthorizer: Authorizer;
  readonly killOperationsAuthorizer: Authorizer;
  readonly synchronizeAuthorizer: Authorizer;
  readonly actionRouter: {
    readonly simple: {
      readonly platformKeyExtractor: { readonly action: Empty } | { readonly actionAndCommand: Empty };
      readonly invocationKeyExtractors: readonly (
        { readonly correlatedInvocationsId: Empty } | { readonly toolInvocationId: Empty }
      )[];
      readonly initialSizeClassAnalyzer: {
        readonly defaultExecutionTimeout: string;
        readonly maximumExecutionTimeout: string;
      };
    };
  };
  readonly predeclaredPlatformQueues: readonly {
    readonly instanceNamePrefix: string;
    readonly platform: { readonly properties: readonly PlatformProperty[] };
    readonly sizeClasses: readonly number[];
    readonly maximumQueuedBackgroundLearningOperations: number;
  }[];
  readonly platformQueueWithNoWorkersTimeout: string;
  readonly maximumMessageSizeBytes: number;
  readonly global: Global;
}

/** What the scheduler must know of the farm. */
export interface SchedulerDemand {
  readonly shards: number;
  readonly callers: Callers;
  /** The platforms that have workers, or will have: their actions wait for a worker to come. */
  readonly platforms: readonly (readonly PlatformProperty[])[];
  /** Seconds that an action without a timeout of its own may run, and that any action may ask for. */
  readonly maximumExecutionSeconds: number;
}

/**
 * The one queue of the cluster. An action whose platform has no predeclared queue is refused at once
 * (FAILED_PRECONDITION, `No workers exist for instance name prefix …`). The frontend brings actions, workers take them, and
 * operators alone drain and kill. Its pages are the browser's to show; their buttons do nothing, for it is no operator.
 */
export function schedulerConfiguration(demand: SchedulerDemand): BbScheduler {
  const { shards, callers, platforms, maximumExecutionSeconds } = demand;
  const server = (port: number, caller: string) => grpcServer(port, tokenPolicy("scheduler", caller));
  return {
    clientGrpcServers: [server(SCHEDULER_PORTS.client, callers.frontend)],
    workerGrpcServers: [server(SCHEDULER_PORTS.worker, callers.worker)],
    buildQueueStateGrpcServers: [server(SCHEDULER_PORTS.queueState, callers.operator)],
    adminHttpServers: [
      {
        listenAddresses: [`:${SCHEDULER_PORTS.pages}`],
        authenticationPolicy: tokenPolicy("scheduler", callers.browser),
      },
    ],
    adminRoutePrefix: SCHEDULER_PREFIX,
    browserUrl: BROWSER_URL,
    contentAddressableStorage: shardedStorage(shards),
    executeAuthorizer: only(callers.frontend),
    modifyDrainsAuthorizer: only(callers.operator),
    killOperationsAuthorizer: only(callers.operator),
    synchronizeAuthorizer: only(callers.worker),
    actionRouter: {
      simple: {
        platformKeyExtractor: { action: {} },
        invocationKeyExtractors: [{ correlatedInvocationsId: {} }, { toolInvocationId: {} }],
        initialSizeClassAnalyzer: {
          defaultExecutionTimeout: `${maximumExecutionSeconds}s`,
          maximumExecutionTimeout: `${maximumExecutionSeconds}s`,
        },
      },
    },
    predeclaredPlatformQueues: platforms.map((properties) => ({
      instanceNamePrefix: "",
      platform: { properties },
      sizeClasses: [0],
      maximumQueuedBackgroundLearningOperations: 0,
    })),
    platformQueueWithNoWorkersTimeout: "1s",
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    global: { ...diagnostics(), ...tracing("scheduler", false) },
  };
}

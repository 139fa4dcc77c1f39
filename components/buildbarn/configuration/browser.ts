import { type BlobAccess, shardedStorage } from "./blob-access";
import { type Callers, tokenPolicy, TOKENS_DIRECTORY } from "./identity";
import { ALLOW, diagnostics, type Global, grpcServer, type GrpcServer, type HttpServer } from "./server";

/** Ports of the browser: pages for people, actions that workers tell of, and spans (OpenTelemetry's own number). */
export const BROWSER_PORTS = { http: 7984, actions: 7985, spans: 4317 } as const;

/** Where a person finds the pages, by `kubectl port-forward`: what other parts lead to. */
export const BROWSER_URL = `http://localhost:${BROWSER_PORTS.http}`;

/** Configuration of the farm's own `farm_browser` (`local/toolbox/buildbarn/farm_browser`), in BuildBarn's words. */
export interface FarmBrowser {
  readonly blobstore: { readonly contentAddressableStorage: BlobAccess; readonly actionCache: BlobAccess };
  readonly maximumMessageSizeBytes: number;
  readonly httpServers: readonly HttpServer[];
  readonly actionGrpcServers: readonly GrpcServer[];
  readonly spanGrpcServers: readonly GrpcServer[];
  readonly scheduler: { readonly url: string; readonly tokenFile: string };
  readonly figuresUrl: string;
  /** Actions, and traces. */
  readonly remembered: number;
  readonly global: Global;
}

/** Actions, and traces, that the browser remembers at most, in memory: some KiB an action, some tens a trace. */
const REMEMBERED = 1000;

/** Largest directory, tree, command and result that a page is made of: what is larger is told to be so. */
const MAXIMUM_SHOWN_BYTES = 2 * 2 ** 20;

/** Addresses that the browser shows the pages of, `http://host:port`. */
export interface Shown {
  readonly scheduler: string;
  /** Prometheus, which may be absent. */
  readonly figures: string;
}

/**
 * What people look at: on its pod's loopback address alone, so that only who may forward a port of the pod sees it. It
 * reads both stores, and shows the scheduler its token. Workers tell it of actions that ended, and every part on the way to them of what it did.
 */
export function browserConfiguration(
  shards: number,
  { frontend, scheduler, worker }: Callers,
  shown: Shown,
): FarmBrowser {
  const storage = shardedStorage(shards);
  return {
    blobstore: { contentAddressableStorage: storage, actionCache: storage },
    maximumMessageSizeBytes: MAXIMUM_SHOWN_BYTES,
    httpServers: [{ listenAddresses: [`127.0.0.1:${BROWSER_PORTS.http}`], authenticationPolicy: ALLOW }],
    actionGrpcServers: [grpcServer(BROWSER_PORTS.actions, tokenPolicy("browser", worker))],
    spanGrpcServers: [grpcServer(BROWSER_PORTS.spans, tokenPolicy("browser", frontend, scheduler, worker))],
    scheduler: { url: shown.scheduler, tokenFile: `${TOKENS_DIRECTORY}/scheduler` },
    figuresUrl: shown.figures,
    remembered: REMEMBERED,
    global: diagnostics(),
  };
}

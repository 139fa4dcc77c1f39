import { shardedStorage } from "./blob-access";
import { SCHEDULER_PORTS } from "./scheduler";
import { authenticated, type Callers, only, tokenPolicy } from "./identity";
import { DENY, diagnostics, grpcServer, MAXIMUM_MESSAGE_BYTES } from "./server";
import type { BbStorage } from "./storage";
import { tracing } from "./tracing";

/** Port that clients (Bazel) use. */
export const FRONTEND_PORT = 8980;

/** Port for clients outside the cluster, where there is one: TLS. */
export const OUTSIDE_PORT = 8943;

/** Folder of the key pair that the frontend shows them. */
export const TLS_DIRECTORY = "/tls";

const TLS = {
  serverKeyPair: {
    files: {
      certificatePath: `${TLS_DIRECTORY}/tls.crt`,
      privateKeyPath: `${TLS_DIRECTORY}/tls.key`,
      refreshInterval: "3600s",
    },
  },
};

/** Directory trees of one action result beyond this many bytes count as a cache miss. */
const MAXIMUM_TREE_BYTES = 64 * 2 ** 20;

/**
 * The door of the cluster: clients, known by their tokens, execute, read both stores and write the CAS. Writes to the
 * action cache are refused, for everyone: only workers, which talk to storage themselves, know that a result is the result of its action.
 * A result whose outputs are no longer all in the CAS is a miss, not a failure.
 * @param isOutside whether it serves clients outside the cluster, too: the same, by TLS and on a port of their own
 */
export function frontendConfiguration(shards: number, { clients }: Callers, isOutside = false): BbStorage {
  const storage = shardedStorage(shards);
  const client = only(...clients);
  const tokens = tokenPolicy("frontend", ...clients);
  return {
    grpcServers: [
      { ...grpcServer(FRONTEND_PORT, tokens), stopGracefully: true },
      ...(isOutside ? [{ ...grpcServer(OUTSIDE_PORT, tokens), tls: TLS, stopGracefully: true }] : []),
    ],
    schedulers: { "": { endpoint: authenticated(`scheduler:${SCHEDULER_PORTS.client}`, "scheduler") } },
    contentAddressableStorage: {
      backend: storage,
      getAuthorizer: client,
      putAuthorizer: client,
      findMissingAuthorizer: client,
    },
    actionCache: {
      backend: { completenessChecking: { backend: storage, maximumTotalTreeSizeBytes: MAXIMUM_TREE_BYTES } },
      getAuthorizer: client,
      putAuthorizer: DENY,
    },
    executeAuthorizer: client,
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    global: { ...diagnostics(), ...tracing("frontend", true) },
  };
}

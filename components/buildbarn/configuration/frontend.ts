import { shardedStorage } from "./blob-access";
import { SCHEDULER_PORTS } from "./scheduler";
import { authenticated, type Callers, only, tokenPolicy } from "./identity";
import { DENY, diagnostics, grpcServer, MAXIMUM_MESSAGE_BYTES } from "./server";
import type { BbStorage } from "./storage";

/** Port that clients (Bazel) use. */
export const FRONTEND_PORT = 8980;

/** Directory trees of one action result beyond this many bytes count as a cache miss. */
const MAXIMUM_TREE_BYTES = 64 * 2 ** 20;

/**
 * The door of the cluster: clients, known by their tokens, execute, read both stores and write the CAS. Writes to the action cache are refused,
 * for everyone: only workers, which talk to storage themselves, know that a result is the result of its action.
 * A result whose outputs are no longer all in the CAS is a miss, not a failure.
 */
export function frontendConfiguration(shards: number, { clients }: Callers): BbStorage {
  const storage = shardedStorage(shards);
  const client = only(...clients);
  return {
    grpcServers: [{ ...grpcServer(FRONTEND_PORT, tokenPolicy("frontend", ...clients)), stopGracefully: true }],
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
    global: diagnostics(),
  };
}

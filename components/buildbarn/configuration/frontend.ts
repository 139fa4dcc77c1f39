import { shardedStorage } from "./blob-access";
import { SCHEDULER_PORTS } from "./scheduler";
import { ALLOW, DENY, diagnostics, grpcServer, MAXIMUM_MESSAGE_BYTES } from "./server";
import type { BbStorage } from "./storage";

/** Port that clients (Bazel) use. */
export const FRONTEND_PORT = 8980;

/** Directory trees of one action result beyond this many bytes count as a cache miss. */
const MAXIMUM_TREE_BYTES = 64 * 2 ** 20;

/**
 * The door of the cluster: clients execute, read both stores and write the CAS. Writes to the action cache are refused,
 * for everyone: only workers, which talk to storage themselves, know that a result is the result of its action.
 * A result whose outputs are no longer all in the CAS is a miss, not a failure.
 */
export function frontendConfiguration(shards: number): BbStorage {
  const storage = shardedStorage(shards);
  return {
    grpcServers: [{ ...grpcServer(FRONTEND_PORT), stopGracefully: true }],
    schedulers: { "": { endpoint: { address: `scheduler:${SCHEDULER_PORTS.client}` } } },
    contentAddressableStorage: {
      backend: storage,
      getAuthorizer: ALLOW,
      putAuthorizer: ALLOW,
      findMissingAuthorizer: ALLOW,
    },
    actionCache: {
      backend: { completenessChecking: { backend: storage, maximumTotalTreeSizeBytes: MAXIMUM_TREE_BYTES } },
      getAuthorizer: ALLOW,
      putAuthorizer: DENY,
    },
    executeAuthorizer: ALLOW,
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    global: diagnostics(),
  };
}

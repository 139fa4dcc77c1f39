import type { BlobAccess } from "./blob-access";
import { FRONTEND_PORT } from "./frontend";
import { authenticated } from "./identity";
import { ALLOW, DENY, diagnostics, grpcServer, MAXIMUM_MESSAGE_BYTES } from "./server";
import type { BbStorage } from "./storage";

/** Where Bazel finds the farm inside its own pod. */
export const GATEWAY_ENDPOINT = `grpc://127.0.0.1:${FRONTEND_PORT}`;

/**
 * Beside a Bazel client: takes its calls on the loopback address alone and makes them at the frontend with the pod's
 * token, the current one. Bazel reads a token once at its start, and a shard takes longer than a token lives.
 * @param frontend `host:port`
 */
export function gatewayConfiguration(frontend: string): BbStorage {
  const client = authenticated(frontend, "frontend");
  const backend: BlobAccess = { grpc: { client } };
  return {
    grpcServers: [{ ...grpcServer(FRONTEND_PORT, ALLOW, "127.0.0.1"), stopGracefully: true }],
    schedulers: { "": { endpoint: client } },
    contentAddressableStorage: { backend, getAuthorizer: ALLOW, putAuthorizer: ALLOW, findMissingAuthorizer: ALLOW },
    actionCache: { backend, getAuthorizer: ALLOW, putAuthorizer: DENY },
    executeAuthorizer: ALLOW,
    maximumMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    global: diagnostics(),
  };
}

/**
 * The parts of BuildBarn's configuration that every binary shares, as far as the farm uses them.
 *
 * BuildBarn reads its configuration as strict protojson: a field that it does not know stops it at start. The shapes
 * here follow `pkg/proto/configuration` of bb-storage dc342e1799d7 and bb-remote-execution cd89f0554d18.
 * Durations are strings in seconds (`"900s"`).
 */

/** A protobuf message without fields. */
export type Empty = Readonly<Record<string, never>>;

/** Where a gRPC client connects to: `host:port` or `unix:///path`. */
export interface GrpcClient {
  readonly address: string;
}

/** Who a server believes its callers to be. */
export type AuthenticationPolicy = { readonly allow: Empty } | { readonly deny: string };

/** Who may call an operation. */
export type Authorizer =
  | { readonly allow: Empty }
  | { readonly deny: Empty }
  | { readonly instanceNamePrefix: { readonly allowedInstanceNamePrefixes: readonly string[] } };

/** A gRPC server on TCP addresses, UNIX sockets or both. */
export interface GrpcServer {
  readonly listenAddresses?: readonly string[];
  readonly listenPaths?: readonly string[];
  readonly authenticationPolicy: AuthenticationPolicy;
  /** Bytes of one message; gRPC's own default is 4 MiB. */
  readonly maximumReceivedMessageSizeBytes?: number;
  /** Clients that ping more often than `minTime` (default 5 min) are disconnected. */
  readonly keepaliveEnforcementPolicy?: { readonly minTime: string; readonly permitWithoutStream: boolean };
  /** Finish running calls when told to stop. */
  readonly stopGracefully?: boolean;
}

/** Settings of every BuildBarn binary. */
export interface Global {
  readonly diagnosticsHttpServer: {
    readonly httpServers: readonly {
      readonly listenAddresses: readonly string[];
      readonly authenticationPolicy: AuthenticationPolicy;
    }[];
    readonly enablePrometheus: boolean;
  };
  readonly setUmask?: { readonly umask: number };
}

/** Port of `/-/healthy` and `/metrics` in every pod. */
export const DIAGNOSTICS_PORT = 9980;

/** Largest gRPC message between the farm's parts, in bytes: 16 MiB, as bb-deployments sets it. */
export const MAXIMUM_MESSAGE_BYTES = 16 * 2 ** 20;

export const ALLOW = { allow: {} } as const;
export const DENY = { deny: {} } as const;

/** Serves health and metrics; profiling stays off. */
export function diagnostics(port: number = DIAGNOSTICS_PORT): Global {
  return {
    diagnosticsHttpServer: {
      httpServers: [{ listenAddresses: [`:${port}`], authenticationPolicy: ALLOW }],
      enablePrometheus: true,
    },
  };
}

/** A gRPC server on a port, open to whoever the network lets through. */
export function grpcServer(port: number): GrpcServer {
  return {
    listenAddresses: [`:${port}`],
    authenticationPolicy: ALLOW,
    maximumReceivedMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    keepaliveEnforcementPolicy: { minTime: "10s", permitWithoutStream: true },
  };
}

/** The value of an environment variable of the process that reads the configuration. */
export function environmentVariable(name: string): string {
  return `\${env:${name}}`;
}

/** A configuration as the file that a BuildBarn binary reads: JSON, with environment variables as Jsonnet's `std.extVar`. */
export function configurationFile(configuration: object): string {
  return `${JSON.stringify(configuration, null, 2).replaceAll(/"\$\{env:(\w+)\}"/g, "std.extVar('$1')")}\n`;
}

/**
 * The parts of BuildBarn's configuration that every binary shares, as far as the farm uses them.
 *
 * BuildBarn reads its configuration as strict protojson: a field that it does not know stops it at start. The shapes
 * here follow `pkg/proto/configuration` of bb-storage dc342e1799d7 and bb-remote-execution cd89f0554d18.
 * Durations are strings in seconds (`"900s"`).
 */

/** A protobuf message without fields. */
export type Empty = Readonly<Record<string, never>>;

/** A JMESPath expression, the files that it reads (again every 60 seconds), and cases that are tried at each start. */
export interface JmespathExpression {
  readonly expression: string;
  readonly files?: readonly { readonly key: string; readonly path: string }[];
  readonly testVectors?: readonly { readonly input: object; readonly expectedOutput: unknown }[];
}

/** Where a gRPC client connects to, `host:port` or `unix:///path`, and the headers that it sends. */
export interface GrpcClient {
  readonly address: string;
  readonly addMetadataJmespathExpression?: JmespathExpression;
}

/** Who a server believes its callers to be. */
export type AuthenticationPolicy =
  | { readonly allow: Empty }
  | { readonly deny: string }
  | {
      readonly jwt: {
        /** Public keys, read again every 300 seconds. */
        readonly jwksFile: string;
        readonly maximumCacheSize: number;
        readonly cacheReplacementPolicy: "LEAST_RECENTLY_USED";
        readonly claimsValidationJmespathExpression: JmespathExpression;
        readonly metadataExtractionJmespathExpression: JmespathExpression;
      };
    };

/** Who may call an operation. */
export type Authorizer =
  { readonly allow: Empty } | { readonly deny: Empty } | { readonly jmespathExpression: JmespathExpression };

/** A gRPC server on TCP addresses, UNIX sockets or both. */
export interface GrpcServer {
  readonly listenAddresses?: readonly string[];
  readonly listenPaths?: readonly string[];
  readonly authenticationPolicy: AuthenticationPolicy;
  /** @default no TLS */
  readonly tls?: {
    readonly serverKeyPair: {
      readonly files: {
        readonly certificatePath: string;
        readonly privateKeyPath: string;
        /** How often they are read again. */
        readonly refreshInterval: string;
      };
    };
  };
  /** Bytes of one message; gRPC's own default is 4 MiB. */
  readonly maximumReceivedMessageSizeBytes?: number;
  /** Clients that ping more often than `minTime` (default 5 min) are disconnected. */
  readonly keepaliveEnforcementPolicy?: { readonly minTime: string; readonly permitWithoutStream: boolean };
  /** Finish running calls when told to stop. */
  readonly stopGracefully?: boolean;
}

/** An HTTP server. */
export interface HttpServer {
  readonly listenAddresses: readonly string[];
  readonly authenticationPolicy: AuthenticationPolicy;
}

/** Which traces are taken down: `parentBased` asks whether whoever called takes his down. */
export type Sampler =
  | { readonly always: Empty }
  | { readonly never: Empty }
  | { readonly maximumRate: { readonly samplesPerEpoch: number; readonly epochDuration: string } }
  | {
      readonly parentBased: Readonly<
        Record<
          | "noParent"
          | "localParentSampled"
          | "localParentNotSampled"
          | "remoteParentSampled"
          | "remoteParentNotSampled",
          Sampler
        >
      >;
    };

/** Where spans go, and of what. */
export interface Tracing {
  readonly backends: readonly { readonly otlpSpanExporter: GrpcClient; readonly batchSpanProcessor: Empty }[];
  readonly resourceAttributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly sampler: Sampler;
}

/** Settings of every BuildBarn binary. */
export interface Global {
  readonly diagnosticsHttpServer?: {
    readonly httpServers: readonly HttpServer[];
    readonly enablePrometheus: boolean;
  };
  /** @default no traces */
  readonly tracing?: Tracing;
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

/** A gRPC server on a port, or on an address and port. */
export function grpcServer(port: number, authenticationPolicy: AuthenticationPolicy, address = ""): GrpcServer {
  return {
    listenAddresses: [`${address}:${port}`],
    authenticationPolicy,
    maximumReceivedMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    keepaliveEnforcementPolicy: { minTime: "10s", permitWithoutStream: true },
  };
}

/** The value of an environment variable of the process that reads the configuration. */
export function environmentVariable(name: string): string {
  return `\${env:${name}}`;
}

/** The text of a file, read at start; it may end a string. */
export function fileContents(path: string): string {
  return `\${file:${path}}`;
}

/** A configuration as the file that a BuildBarn binary reads: JSON, with variables and files in Jsonnet's words. */
export function configurationFile(configuration: object): string {
  const text = JSON.stringify(configuration, null, 2)
    .replaceAll(/"\$\{env:(\w+)\}"/g, "std.extVar('$1')")
    .replaceAll(/"([^"\n]*)\$\{file:([^}"]+)\}"/g, `"$1" + importstr '$2'`);
  return `${text}\n`;
}

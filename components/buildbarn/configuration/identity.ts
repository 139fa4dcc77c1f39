import {
  audience,
  claims as claimsExpression,
  ISSUER_FILE,
  JWKS_FILE,
  only as onlyExpression,
  type Server,
  SUBJECT_OF_TOKEN,
} from "../../../policies/predicates/identity";
import type { AuthenticationPolicy, Authorizer, GrpcClient, JmespathExpression } from "./server";

/** A service account: who a pod is. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** Who calls: subjects of tokens, by what they are to the farm. */
export interface Callers {
  readonly frontend: string;
  readonly scheduler: string;
  readonly worker: string;
  /** Shows the farm to people, and reads for that. */
  readonly browser: string;
  /** Drains workers and ends actions. */
  readonly operator: string;
  /** Bazel's pods. */
  readonly clients: readonly string[];
}

/** Parts of the farm that call others, and their operators: service accounts of its namespace. */
export const ACCOUNTS = ["frontend", "scheduler", "worker", "browser", "operator"] as const;

/** Folder of a pod's tokens, a file a server that it calls. */
export const TOKENS_DIRECTORY = "/tokens";

/** Seconds that a token lives, at most; kubelet brings a new one when a fifth of that is left. */
export const TOKEN_SECONDS = 3600;

/** Headers that a server remembers, those that it refused among them: a release's clients, and no more memory. */
const REMEMBERED_TOKENS = 1000;

/** The header by which the scheduler tells builds apart, so that none starves another. */
const REQUEST_METADATA = "build.bazel.remote.execution.v2.requestmetadata-bin";

/** The subject of a service account's tokens. */
export function subject({ namespace, name }: ServiceAccountName): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The callers of a farm in a namespace. */
export function callers(namespace: string, clients: readonly ServiceAccountName[]): Callers {
  const [frontend, scheduler, worker, browser, operator] = ACCOUNTS.map((name) => subject({ namespace, name }));
  return {
    frontend: frontend ?? "",
    scheduler: scheduler ?? "",
    worker: worker ?? "",
    browser: browser ?? "",
    operator: operator ?? "",
    clients: clients.map(subject),
  };
}

/** A client that shows the pod's token for a server, and passes on which build it calls for. */
export function authenticated(address: string, server: Server): GrpcClient {
  const expression = `{authorization: [join(' ', ['Bearer', files.token])], "${REQUEST_METADATA}": incomingGRPCMetadata."${REQUEST_METADATA}"}`;
  const sent = { authorization: ["Bearer a.b.c"] };
  const build = { [REQUEST_METADATA]: ["build"] };
  return {
    address,
    addMetadataJmespathExpression: {
      expression,
      files: [{ key: "token", path: `${TOKENS_DIRECTORY}/${server}` }],
      testVectors: [
        { input: { files: { token: "a.b.c" } }, expectedOutput: { ...sent, [REQUEST_METADATA]: null } },
        { input: { files: { token: "a.b.c" }, incomingGRPCMetadata: build }, expectedOutput: { ...sent, ...build } },
      ],
    },
  };
}

/**
 * Takes tokens of the farm's issuer that are meant for this server, are some of these subjects', and end. Keys and
 * issuer are files, so that new ones need no restart; BuildBarn itself checks `exp` and `nbf`. Subjects are checked
 * here too, for not every call asks an authorizer: the scheduler's TerminateWorkers does not.
 */
export function tokenPolicy(server: Server, ...subjects: readonly string[]): AuthenticationPolicy {
  const payload = { iss: "https://issuer", aud: [audience(server)], exp: 1, sub: subjects[0] };
  const vector = (change: object, expectedOutput: boolean) => ({
    input: { payload: { ...payload, ...change }, files: { issuer: "https://issuer" } },
    expectedOutput,
  });
  const claims: JmespathExpression = {
    expression: claimsExpression(server, subjects),
    files: [{ key: "issuer", path: ISSUER_FILE }],
    testVectors: [
      vector({}, true),
      vector({ iss: "https://another" }, false),
      vector({ aud: ["another.monofarm"] }, false),
      vector({ aud: `not.${audience(server)}` }, false),
      vector({ exp: null }, false),
      vector({ sub: "system:serviceaccount:another:pod" }, false),
    ],
  };
  return {
    jwt: {
      jwksFile: JWKS_FILE,
      maximumCacheSize: REMEMBERED_TOKENS,
      cacheReplacementPolicy: "LEAST_RECENTLY_USED",
      claimsValidationJmespathExpression: claims,
      metadataExtractionJmespathExpression: { expression: SUBJECT_OF_TOKEN },
    },
  };
}

/** Lets these subjects in, and nobody else. */
export function only(...subjects: readonly string[]): Authorizer {
  const vector = (found: string, expectedOutput: boolean) => ({
    input: { authenticationMetadata: { public: { subject: found } }, instanceName: "" },
    expectedOutput,
  });
  return {
    jmespathExpression: {
      expression: onlyExpression(subjects),
      testVectors: [...subjects.map((name) => vector(name, true)), vector("system:serviceaccount:another:pod", false)],
    },
  };
}

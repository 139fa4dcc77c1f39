import { absent, all, any, type Condition, every, is, matches, present, unlessSet } from "../predicates/condition";
import { isClaims, ISSUER_FILE, JWKS_FILE, type Server, SERVERS, SUBJECT_OF_TOKEN } from "../predicates/identity";
import { rule } from "../rule";
import { fileFindings } from "../stack-rules/mounted-files";
import { BUILDBARN } from "../views/documents";

/** A socket in a directory of the pod's. */
const OWN_SOCKET: Condition = all(present("listenPaths"), absent("listenAddresses"));

const JWT = "authenticationPolicy.jwt";
const CLAIMS = `${JWT}.claimsValidationJmespathExpression`;

/** The files that keys and issuer come in: the farm's own, which nobody but the job that fetches them writes. */
const CHECKED_WITH_ITS_KEYS: Condition = all(
  is(`${JWT}.jwksFile`, JWKS_FILE),
  absent(`${JWT}.jwksInline`),
  every(`${CLAIMS}.files`, all(is("key", "issuer"), is("path", ISSUER_FILE))),
);

/** Whoever calls shows a token of the farm's issuer, meant for this server, and is known by its subject and nothing else. */
const authenticated = (server: Server): Condition =>
  any(
    OWN_SOCKET,
    all(
      CHECKED_WITH_ITS_KEYS,
      // Clients alone have namespaces of their own.
      isClaims(`${CLAIMS}.expression`, server, server === "frontend" ? "any" : "own"),
      is(`${JWT}.metadataExtractionJmespathExpression.expression`, SUBJECT_OF_TOKEN),
    ),
  );

/** Only the pod itself reaches it. */
const OF_THE_POD: Condition = any(
  OWN_SOCKET,
  all(present("listenAddresses"), every("listenAddresses", matches("", "^127\\.0\\.0\\.1:[0-9]+$"))),
);

const SERVER_LISTS = [
  "grpcServers",
  "clientGrpcServers",
  "workerGrpcServers",
  "buildQueueStateGrpcServers",
  "adminHttpServers",
  "actionGrpcServers",
  "spanGrpcServers",
];
const everyServer = (of: Condition): Condition =>
  all(...SERVER_LISTS.map((servers) => every(`$content.${servers}`, of)));

/** Of what runs, whoever asks the port of health and metrics learns nothing more. */
const shutOff = (field: string): Condition => unlessSet(`$content.global.diagnosticsHttpServer.${field}`, false);

export const grpcAuthenticated = rule({
  id: "S06",
  name: "grpc-authenticated",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/identity.ts: tokenPolicy",
  requires:
    "every server of BuildBarn's checks its callers' tokens, their issuer, audience and subject; a client's gateway, which has the token, the browser's pages and a runner listen to their own pod alone; nobody profiles; what its pods mount is under names that rules read",
  because: "whoever reaches the port could execute, read, or write what others build from",
  objects: [
    ...SERVERS.map((server) => ({
      on: BUILDBARN,
      when: matches("$file", `^${server}`),
      must: everyServer(authenticated(server)),
    })),
    { on: BUILDBARN, when: matches("$file", "^gateway"), must: everyServer(OF_THE_POD) },
    { on: BUILDBARN, when: matches("$file", "^(runner|worker)"), must: everyServer(OWN_SOCKET) },
    { on: BUILDBARN, must: all(...["enablePprof", "enableActiveSpans"].map(shutOff)) },
    { on: BUILDBARN, when: matches("$file", "^browser"), must: every("$content.httpServers", OF_THE_POD) },
  ],
  stack: fileFindings,
});

import { absent, all, any, type Condition, every, matches, present } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

/** What the pod alone reaches, and who may forward a port of it. */
const LOOPBACK: Condition = all(present("listenAddresses"), every("listenAddresses", matches("", "^127\\.0\\.0\\.1:")));

/** Whoever calls the server shows a token, of which more is checked than that there is one. */
const AUTHENTICATED: Condition = any(
  // A socket in a directory of the pod's.
  all(present("listenPaths"), absent("listenAddresses")),
  all(
    present("authenticationPolicy.jwt"),
    matches("authenticationPolicy.jwt.claimsValidationJmespathExpression.expression", "payload\\.aud"),
    matches("authenticationPolicy.jwt.claimsValidationJmespathExpression.expression", "payload\\.iss"),
  ),
);

const SERVERS = [
  "grpcServers",
  "clientGrpcServers",
  "workerGrpcServers",
  "buildQueueStateGrpcServers",
  "adminHttpServers",
  "actionGrpcServers",
  "spanGrpcServers",
];

export const grpcAuthenticated = rule({
  id: "S06",
  name: "grpc-authenticated",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/identity.ts: tokenPolicy",
  requires:
    "every server of BuildBarn's checks its callers' tokens: their issuer and audience too; the browser's pages are on its pod's loopback address alone",
  because: "whoever reaches the port could execute, read, or write what others build from",
  objects: [
    {
      on: BUILDBARN,
      when: matches("$file", "^(browser|frontend|storage|scheduler)"),
      must: all(
        ...SERVERS.map((servers) => every(`$content.${servers}`, AUTHENTICATED)),
        every("$content.httpServers", any(LOOPBACK, AUTHENTICATED)),
      ),
    },
  ],
});

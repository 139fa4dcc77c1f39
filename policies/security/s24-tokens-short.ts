import { absent, all, any, atMost, every, includes, is, not } from "../predicates/condition";
import { audience, CLOUD_AUDIENCE, SERVERS } from "../predicates/identity";
import { rule } from "../rule";
import { TOKEN_REQUESTS } from "../views/cluster";
import { BUILDS, PODS } from "../views/pods";

export const tokensShort = rule({
  id: "S24",
  name: "tokens-short",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/buildbarn/tokens.ts: expirationSeconds",
  requires: "a token of a service account is asked for by name and for an hour at most",
  because:
    "a token that a pod has by itself is extended by the API server, to a year, and a stolen one works as long as it lives",
  settings: { seconds: { default: 3600, description: "longest life of a token" } },
  objects: [
    {
      on: PODS,
      must: ({ seconds = 0 }) =>
        all(
          // Of those the rule about ambient credentials asks more.
          any(BUILDS, is("spec.automountServiceAccountToken", false)),
          every(
            "spec.volumes",
            every(
              "projected.sources",
              any(
                absent("serviceAccountToken"),
                is("serviceAccountToken.audience", CLOUD_AUDIENCE),
                atMost("serviceAccountToken.expirationSeconds", seconds),
              ),
            ),
          ),
        ),
    },
    {
      on: TOKEN_REQUESTS,
      must: ({ seconds = 0 }) =>
        any(
          not(any(...SERVERS.map((server) => includes("spec.audiences", audience(server))))),
          atMost("spec.expirationSeconds", seconds),
        ),
    },
  ],
});

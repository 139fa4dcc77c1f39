import { matches, present, absent, every, all, any } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

export const grpcAuthenticated = rule({
  id: "S06",
  name: "grpc-authenticated",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/server.ts: authenticationPolicy",
  requires: "a frontend authenticates its callers, and checks more of a token than that there is one",
  because: "whoever reaches the port could execute and read",
  objects: [
    {
      on: BUILDBARN,
      when: present("$content.schedulers"),
      must: every(
        "$content.grpcServers",
        all(
          present("authenticationPolicy"),
          absent("authenticationPolicy.allow"),
          any(
            absent("authenticationPolicy.jwt"),
            matches("authenticationPolicy.jwt.claimsValidationJmespathExpression.expression", "exp|aud"),
          ),
        ),
      ),
    },
  ],
});

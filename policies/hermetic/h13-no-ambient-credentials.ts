import { is, matches, present, absent, every, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, ROLE, BUILDS } from "../views/pods";
import { POD_IDENTITIES } from "../views/aws";
import { SERVICE_ACCOUNTS } from "../views/cluster";

export const noAmbientCredentials = rule({
  id: "H13",
  name: "no-ambient-credentials",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/buildbarn/pod.ts: automountServiceAccountToken",
  requires:
    "pods that build mount no service account token but one with an audience, and workers have no role of the cloud",
  because: "a build that holds a key can sign or publish in the farm's name",
  objects: [
    {
      on: PODS,
      when: BUILDS,
      must: all(
        is("spec.automountServiceAccountToken", false),
        every(
          "spec.volumes",
          every("projected.sources", any(absent("serviceAccountToken"), present("serviceAccountToken.audience"))),
        ),
      ),
    },
    {
      on: SERVICE_ACCOUNTS,
      when: is(ROLE, "worker"),
      must: absent("metadata.annotations[eks.amazonaws.com/role-arn]"),
    },
    { on: POD_IDENTITIES, must: not(matches("serviceAccount", "worker")) },
  ],
});

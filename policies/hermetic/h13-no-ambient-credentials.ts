import { is, matches, oneOf, absent, every, all, any, not } from "../predicates/condition";
import { audience, CLOUD_AUDIENCE, SERVERS } from "../predicates/identity";
import { rule } from "../rule";
import { CLOUD_ROLE, cloudRoleFindings } from "../stack-rules/cloud-roles";
import { PODS, ROLE, BUILDS, WORKER } from "../views/pods";
import { POD_IDENTITIES } from "../views/aws";
import { SERVICE_ACCOUNTS } from "../views/cluster";

const AUDIENCE = "serviceAccountToken.audience";
const MEANT_FOR_THE_FARM = oneOf(AUDIENCE, SERVERS.map(audience));

export const noAmbientCredentials = rule({
  id: "H13",
  name: "no-ambient-credentials",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/buildbarn/pod.ts: automountServiceAccountToken",
  requires:
    "pods that build mount no service account token but for a server of the farm, or for EKS' agent in a release; workers mount no Secret, and their account has no role of the cloud",
  because: "a build that holds a key can sign or publish in the farm's name",
  objects: [
    {
      on: PODS,
      when: BUILDS,
      must: all(
        is("spec.automountServiceAccountToken", false),
        every(
          "spec.volumes",
          every(
            "projected.sources",
            any(absent("serviceAccountToken"), MEANT_FOR_THE_FARM, is(AUDIENCE, CLOUD_AUDIENCE)),
          ),
        ),
      ),
    },
    {
      on: PODS,
      when: WORKER,
      must: every(
        "spec.volumes",
        all(absent("secret"), every("projected.sources", all(absent("secret"), not(is(AUDIENCE, CLOUD_AUDIENCE))))),
      ),
    },
    { on: SERVICE_ACCOUNTS, when: is(ROLE, "worker"), must: absent(CLOUD_ROLE) },
    { on: POD_IDENTITIES, must: not(matches("serviceAccount", "worker")) },
  ],
  stack: cloudRoleFindings,
});

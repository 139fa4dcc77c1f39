import { absent, any, every, oneOf, present } from "../predicates/condition";
import { rule } from "../rule";
import { STATEFUL_SETS } from "../views/cluster";
import { BUILDERS, BUILDS, PODS, TEMPLATE_ROLE } from "../views/pods";

/** What comes with a pod and goes with it, or cannot be written. */
const EPHEMERAL = ["emptyDir", "configMap", "downwardAPI", "projected", "secret", "image"];

export const ephemeralBuildDir = rule({
  id: "H12",
  name: "ephemeral-build-dir",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: volumes",
  requires: `pods that build have volumes of these kinds alone, which do not outlive them: ${EPHEMERAL.join(", ")}`,
  because: "one build must find nothing of another",
  objects: [
    { on: PODS, when: BUILDS, must: every("spec.volumes", any(...EPHEMERAL.map(present))) },
    { on: STATEFUL_SETS, when: oneOf(TEMPLATE_ROLE, BUILDERS), must: absent("spec.volumeClaimTemplates") },
  ],
});

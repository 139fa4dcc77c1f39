import { CONFINED, ON_ITS_OWN } from "../predicates/confinement";
import { is, every, all, any, not, present, unlessSet } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, SANDBOXED, WORKER, everyContainer } from "../views/pods";

/** Kinds of volumes of the restricted standard: none leads to the node. */
const VOLUMES = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"],
  ...["persistentVolumeClaim", "projected", "secret"],
];

export const podRestricted = rule({
  id: "S02",
  name: "pod-restricted",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/pod.ts: securityContext",
  requires:
    "pods other than workers meet the restricted standard: no root, no privilege escalation, no capabilities, seccomp, nothing of the host's; no container undoes what its pod says",
  because: "what breaks out of a container must find nothing to use",
  objects: [
    {
      on: PODS,
      when: not(WORKER),
      must: all(
        ON_ITS_OWN,
        SANDBOXED,
        every("spec.volumes", any(...VOLUMES.map(present))),
        any(is("spec.securityContext.runAsNonRoot", true), everyContainer(is("securityContext.runAsNonRoot", true))),
        everyContainer(unlessSet("securityContext.runAsNonRoot", true)),
        not(is("spec.securityContext.runAsUser", 0)),
        everyContainer(CONFINED),
        everyContainer(not(is("securityContext.runAsUser", 0))),
      ),
    },
  ],
});

import { CONFINED, ON_ITS_OWN } from "../predicates/confinement";
import { is, oneOf, absent, every, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

export const podRestricted = rule({
  id: "S02",
  name: "pod-restricted",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/pod.ts: securityContext",
  requires:
    "pods other than workers meet the restricted standard: no root, no privilege escalation, no capabilities, seccomp, no host",
  because: "what breaks out of a container must find nothing to use",
  objects: [
    {
      on: PODS,
      when: not(WORKER),
      must: all(
        ON_ITS_OWN,
        every("spec.volumes", absent("hostPath")),
        any(
          oneOf("spec.securityContext.seccompProfile.type", ["RuntimeDefault", "Localhost"]),
          everyContainer(oneOf("securityContext.seccompProfile.type", ["RuntimeDefault", "Localhost"])),
        ),
        any(is("spec.securityContext.runAsNonRoot", true), everyContainer(is("securityContext.runAsNonRoot", true))),
        not(is("spec.securityContext.runAsUser", 0)),
        everyContainer(CONFINED),
        everyContainer(not(is("securityContext.runAsUser", 0))),
      ),
    },
  ],
});

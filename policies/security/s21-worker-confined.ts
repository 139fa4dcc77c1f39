import { ON_ITS_OWN } from "../predicates/confinement";
import { is, oneOf, atLeast, every, includes, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

export const workerConfined = rule({
  id: "S21",
  name: "worker-confined",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: securityContext",
  requires:
    "workers cannot gain privileges, have read-only roots and at most DAC_OVERRIDE and FOWNER; the runner is not root",
  because: "an action that breaks out of the runner must not own the worker",
  objects: [
    {
      on: PODS,
      when: WORKER,
      must: all(
        ON_ITS_OWN,
        everyContainer(
          all(
            is("securityContext.allowPrivilegeEscalation", false),
            is("securityContext.readOnlyRootFilesystem", true),
            includes("securityContext.capabilities.drop", "ALL"),
            every("securityContext.capabilities.add", oneOf("", ["DAC_OVERRIDE", "FOWNER"])),
          ),
        ),
        everyContainer(any(not(is("name", "runner")), atLeast("securityContext.runAsUser", 1))),
      ),
    },
  ],
});

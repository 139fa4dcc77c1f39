import { ON_ITS_OWN } from "../predicates/confinement";
import { is, oneOf, every, includes, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

/** To remove what actions left in directories of their own. */
const CLEANER = ["DAC_OVERRIDE", "FOWNER"];

export const workerConfined = rule({
  id: "S21",
  name: "worker-confined",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: securityContext",
  requires:
    "workers cannot gain privileges, have read-only roots and at most DAC_OVERRIDE and FOWNER, the runner also what makes it another user; it starts under confine, without sockets",
  because: "an action that reaches a network, or the runner itself, reaches what other actions build",
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
            any(
              every("securityContext.capabilities.add", oneOf("", CLEANER)),
              all(
                is("name", "runner"),
                every("securityContext.capabilities.add", oneOf("", [...CLEANER, "KILL", "SETGID", "SETUID"])),
              ),
            ),
          ),
        ),
        everyContainer(any(not(is("name", "runner")), includes("command", "/bb/confine"))),
      ),
    },
  ],
});

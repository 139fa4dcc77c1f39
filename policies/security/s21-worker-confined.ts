import { ON_ITS_OWN, RUNNER, WORKER_PROGRAM } from "../predicates/confinement";
import { is, oneOf, every, includes, all, any, absent } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, SANDBOXED, WORKER, everyContainer } from "../views/pods";

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
    "workers cannot gain privileges, are under seccomp, have nothing of the host's, read-only roots and at most DAC_OVERRIDE and FOWNER; what stays running is bb_worker, or bb_runner started by confine, without sockets, which alone also has what makes it another user; nobody debugs inside",
  because: "an action that reaches a network, or the runner itself, reaches what other actions build",
  objects: [
    {
      on: PODS,
      when: WORKER,
      must: all(
        ON_ITS_OWN,
        SANDBOXED,
        everyContainer(
          all(
            is("securityContext.allowPrivilegeEscalation", false),
            is("securityContext.readOnlyRootFilesystem", true),
            includes("securityContext.capabilities.drop", "ALL"),
            any(
              every("securityContext.capabilities.add", oneOf("", CLEANER)),
              all(
                RUNNER,
                every("securityContext.capabilities.add", oneOf("", [...CLEANER, "KILL", "SETGID", "SETUID"])),
              ),
            ),
          ),
        ),
        every("spec.containers", any(WORKER_PROGRAM, RUNNER)),
        every("spec.initContainers", any(absent("restartPolicy"), RUNNER)),
        absent("spec.ephemeralContainers"),
      ),
    },
  ],
});

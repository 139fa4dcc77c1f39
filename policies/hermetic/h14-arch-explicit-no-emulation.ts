import { namesArchitecture } from "../predicates/architecture";
import { all, unlessSet } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

export const archExplicitNoEmulation = rule({
  id: "H14",
  name: "arch-explicit-no-emulation",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "monofarm:platform.pools: nodeSelector",
  requires: "workers name their architecture in nodeSelector kubernetes.io/arch, are not emulated and not privileged",
  because: "emulated builds differ, and so do those of the wrong architecture",
  objects: [
    {
      on: PODS,
      when: WORKER,
      must: all(
        namesArchitecture("spec.nodeSelector"),
        unlessSet("metadata.labels[farm.build/emulated]", "false"),
        everyContainer(unlessSet("securityContext.privileged", false)),
      ),
    },
  ],
});

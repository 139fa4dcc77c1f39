import { absent, every, all } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, BUILDS } from "../views/pods";

export const ephemeralBuildDir = rule({
  id: "H12",
  name: "ephemeral-build-dir",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: volumes",
  requires: "pods that build have no volume that outlives them: no hostPath, claim or NFS",
  because: "one build must find nothing of another",
  objects: [
    {
      on: PODS,
      when: BUILDS,
      must: every("spec.volumes", all(absent("hostPath"), absent("persistentVolumeClaim"), absent("nfs"))),
    },
  ],
});

import { matches, absent, every } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

export const workerEnvNotInActions = rule({
  id: "H23",
  name: "worker-env-not-in-actions",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/worker.ts: environmentVariables",
  requires: "workers add no variables to actions",
  because: "they change what is built and are no part of the action's digest",
  objects: [
    {
      on: BUILDBARN,
      when: matches("$file", "^worker"),
      must: every("$content.buildDirectories", every("runners", absent("environmentVariables"))),
    },
  ],
});

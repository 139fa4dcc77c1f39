import { all, every, is, matches, present, some } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

const INSTANCES = "$content.executeAuthorizer.instanceNamePrefix.allowedInstanceNamePrefixes";
/** The empty name is the beginning of all names. */
const NAMED = matches("", ".");

export const releaseInstanceIsolated = rule({
  id: "H16",
  name: "release-instance-isolated",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/frontend.ts: executeAuthorizer",
  requires: 'a frontend of the tier "release" (label farm.build/tier) executes for named instances alone',
  because: "what developers build must never feed a release",
  objects: [
    {
      on: BUILDBARN,
      when: all(is("$labels[farm.build/tier]", "release"), present("$content.schedulers")),
      must: all(some(INSTANCES, NAMED), every(INSTANCES, NAMED)),
    },
  ],
});

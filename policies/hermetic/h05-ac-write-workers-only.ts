import { absent, any, matches, not, present } from "../predicates/condition";
import { isOnly } from "../predicates/identity";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

const OF_STORAGE = matches("$file", "^storage");
const REFUSED = present("$content.actionCache.putAuthorizer.deny");

export const acWriteWorkersOnly = rule({
  id: "H05",
  name: "ac-write-workers-only",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/frontend.ts: actionCache.putAuthorizer",
  requires:
    "storage takes writes to the action cache from the workers' account alone, and whoever else serves it, a frontend or a client's gateway, refuses them",
  because: "whoever can write it decides what everybody builds",
  objects: [
    {
      on: BUILDBARN,
      when: any(not(OF_STORAGE), present("$content.schedulers")),
      must: any(absent("$content.actionCache"), REFUSED),
    },
    {
      on: BUILDBARN,
      when: OF_STORAGE,
      must: any(REFUSED, isOnly("$content.actionCache.putAuthorizer.jmespathExpression.expression", "worker")),
    },
  ],
});

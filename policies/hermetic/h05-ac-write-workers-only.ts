import { any, matches, present } from "../predicates/condition";
import { isOnly } from "../predicates/identity";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

export const acWriteWorkersOnly = rule({
  id: "H05",
  name: "ac-write-workers-only",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/frontend.ts: actionCache.putAuthorizer",
  requires:
    "a frontend, and a client's gateway, refuse writes to the action cache, and storage takes them from the workers' account alone",
  because: "whoever can write it decides what everybody builds",
  objects: [
    {
      on: BUILDBARN,
      when: present("$content.schedulers"),
      must: present("$content.actionCache.putAuthorizer.deny"),
    },
    {
      on: BUILDBARN,
      when: matches("$file", "^storage"),
      must: any(
        present("$content.actionCache.putAuthorizer.deny"),
        isOnly("$content.actionCache.putAuthorizer.jmespathExpression.expression", "worker"),
      ),
    },
  ],
});

import { absent, all, any, matches, present } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

export const acWriteWorkersOnly = rule({
  id: "H05",
  name: "ac-write-workers-only",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/frontend.ts: actionCache.putAuthorizer",
  requires: "a frontend refuses writes to the action cache, and storage takes them from named callers alone",
  because: "whoever can write it decides what everybody builds",
  objects: [
    {
      on: BUILDBARN,
      when: present("$content.schedulers"),
      must: all(present("$content.actionCache.putAuthorizer"), absent("$content.actionCache.putAuthorizer.allow")),
    },
    {
      on: BUILDBARN,
      when: matches("$file", "^storage"),
      must: any(
        present("$content.actionCache.putAuthorizer.deny"),
        matches("$content.actionCache.putAuthorizer.jmespathExpression.expression", "subject"),
      ),
    },
  ],
});

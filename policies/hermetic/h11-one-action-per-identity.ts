import { is, matches, present, includes, all } from "../predicates/condition";
import { ACTION_USER, sweeps } from "../predicates/confinement";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";
import { RUNNERS } from "../views/runners";

export const oneActionPerIdentity = rule({
  id: "H11",
  name: "one-action-per-identity",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "components/buildbarn/configuration/worker.ts: concurrency",
  requires:
    "a worker has one runner, which has one action at a time, as a user of its own, and ends whatever it leaves running or written",
  because: "two actions of one user could change each other, and the next finds what the last one left",
  objects: [
    {
      on: BUILDBARN,
      when: matches("$file", "^worker"),
      must: present("$content.buildDirectories"),
    },
    { on: RUNNERS, must: all(is("$runners", 1), is("concurrency", 1)) },
    {
      on: BUILDBARN,
      when: matches("$file", "^runner"),
      must: all(
        is("$content.cleanProcessTable", true),
        includes("$content.cleanTemporaryDirectories", "/tmp"),
        sweeps("$content.runCommandCleaner"),
        is("$content.runCommandsAs.userId", ACTION_USER),
      ),
    },
  ],
});

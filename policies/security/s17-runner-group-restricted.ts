import { is, matches, present, every, all, unlessSet } from "../predicates/condition";
import { rule } from "../rule";
import { RUNNER_GROUPS } from "../views/github";

export const runnerGroupRestricted = rule({
  id: "S17",
  name: "runner-group-restricted",
  level: "mandatory",
  severity: "high",
  slsa: "Hosted",
  key: "components/runners/repository.ts",
  requires: "a group of runners serves chosen private repositories and workflows at fixed refs",
  because: "any workflow could run on the farm",
  objects: [
    {
      on: RUNNER_GROUPS,
      must: all(
        is("visibility", "selected"),
        unlessSet("allowsPublicRepositories", false),
        is("restrictedToWorkflows", true),
        present("selectedWorkflows"),
        every("selectedWorkflows", matches("", "@(refs/|[0-9a-f]{40}$)")),
      ),
    },
  ],
});

import { UNKNOWN, is, matches, oneOf, present, every, all, unlessSet } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import { decide, rule } from "../rule";
import { RUNNER_SETS } from "../views/cluster";
import { RUNNER_GROUPS } from "../views/github";

export const runnerGroupRestricted = rule({
  id: "S17",
  name: "runner-group-restricted",
  level: "mandatory",
  severity: "high",
  slsa: "Hosted",
  key: "components/runners/repository.ts",
  requires:
    "a group of runners serves chosen private repositories and workflows at fixed refs; sets of runners join groups that the stack declares",
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
  // That a set names a group at all, and not the one that serves everybody, is S16's; a stack without groups has them elsewhere.
  stack: (resources) => {
    const names = resources.filter(({ type }) => RUNNER_GROUPS.types.includes(type)).map(({ props }) => props["name"]);
    const known = names.filter((name) => typeof name === "string");
    if (names.length === 0) return [];
    return resources
      .filter(({ type }) => RUNNER_SETS.types.includes(type))
      .flatMap((set) => {
        const { value, kind } = read(set.props, "spec.runnerGroup");
        if (value === "Default") return [];
        const group = kind === "unknown" ? UNKNOWN : value;
        return decide(oneOf("", known), group, "spec.runnerGroup", set, known.length < names.length);
      });
  },
});

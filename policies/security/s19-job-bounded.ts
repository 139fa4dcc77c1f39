import { is, present, absent, atLeast, atMost, every, some, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { JOBS } from "../views/cluster";

export const jobBounded = rule({
  id: "S19",
  name: "job-bounded",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: operations",
  key: "components/matrix/job-spec.ts",
  requires:
    "an Indexed Job has a deadline, a limit of failures per index, ignores disruptions first, and asks for and limits memory and disk",
  because: "a release that never ends is paid for",
  settings: { completions: { default: 100_000, description: "most indexes of one Job" } },
  objects: [
    {
      on: JOBS,
      must: ({ completions = 0 }) =>
        all(
          atLeast("spec.activeDeadlineSeconds", 1),
          any(
            not(is("spec.completionMode", "Indexed")),
            all(
              atLeast("spec.backoffLimitPerIndex", 0),
              atLeast("spec.completions", 1),
              some("spec.podFailurePolicy.rules", is("action", "Ignore")),
            ),
          ),
          any(absent("spec.completions"), atMost("spec.completions", completions)),
          every(
            "spec.template.spec.containers",
            all(
              ...["requests", "limits"].flatMap((bound) =>
                ["memory", "ephemeral-storage"].map((what) => present(`resources.${bound}[${what}]`)),
              ),
            ),
          ),
        ),
    },
  ],
});

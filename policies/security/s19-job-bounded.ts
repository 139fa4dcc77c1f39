import { UNKNOWN, is, present, absent, atLeast, atMost, every, some, all, any, not } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import { decide, rule } from "../rule";
import { JOBS } from "../views/cluster";

export const jobBounded = rule({
  id: "S19",
  name: "job-bounded",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: operations",
  key: "components/matrix/job-spec.ts",
  requires:
    "a Job has a deadline, asks for and limits memory and disk; an Indexed one limits failures per index and in all, and does not count disruptions",
  because: "a release that never ends is paid for",
  settings: {
    completions: { default: 100_000, description: "most indexes of one Job" },
    total: { default: 400_000, description: "most indexes of all Jobs of a stack together" },
  },
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
              atLeast("spec.maxFailedIndexes", 0),
              some(
                "spec.podFailurePolicy.rules",
                all(is("action", "Ignore"), some("onPodConditions", is("type", "DisruptionTarget"))),
              ),
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
  stack: (resources, { total = 0 }) => {
    const jobs = resources.filter(({ type }) => JOBS.types.includes(type));
    const [first] = jobs;
    if (first === undefined) return [];
    const counts = jobs.map(({ props }) => read(props, "spec.completions"));
    const known = counts.reduce((sum, { value }) => sum + (typeof value === "number" ? value : 0), 0);
    const open = known <= total && counts.some(({ kind }) => kind === "unknown");
    return decide(atMost("", total), open ? UNKNOWN : known, "all Jobs' spec.completions", first);
  },
});

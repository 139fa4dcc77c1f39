import {
  absent,
  all,
  any,
  atLeast,
  atMost,
  type Condition,
  every,
  is,
  not,
  oneOf,
  present,
  some,
  UNKNOWN,
} from "../predicates/condition";
import { read } from "../predicates/evaluate";
import { rule, type Values } from "../rule";
import { totalFindings } from "../stack-rules/total";
import { CRON_JOBS, JOBS } from "../views/cluster";

/** Exit codes of a container that a signal ended, as where its node is lost. */
const ENDED = [137, 143];

/** A rule of `podFailurePolicy`, of which the first that fits counts: none but to ignore takes what a disruption ended. */
const SPARES_DISRUPTIONS = any(
  is("action", "Ignore"),
  all(is("onExitCodes.operator", "In"), every("onExitCodes.values", not(oneOf("", ENDED)))),
);

/** Failures are limited per index and in all, and disruptions are none. */
const indexed = (spec: string): Condition =>
  all(
    atLeast(`${spec}.backoffLimitPerIndex`, 0),
    atLeast(`${spec}.completions`, 1),
    atLeast(`${spec}.maxFailedIndexes`, 0),
    some(
      `${spec}.podFailurePolicy.rules`,
      all(is("action", "Ignore"), some("onPodConditions", is("type", "DisruptionTarget"))),
    ),
    every(`${spec}.podFailurePolicy.rules`, SPARES_DISRUPTIONS),
  );

/** Most failures of a Job without indexes; Kubernetes' own default is 6. */
const MOST_FAILURES = 100;

const bounds = (...of: readonly string[]): Condition =>
  all(...["requests", "limits"].flatMap((bound) => of.map((what) => present(`resources.${bound}[${what}]`))));

/** @param spec path of the Job's spec */
const bounded =
  (spec: string) =>
  ({ completions = 0, parallelism = 0, deadline = 0 }: Values): Condition =>
    all(
      atLeast(`${spec}.activeDeadlineSeconds`, 1),
      atMost(`${spec}.activeDeadlineSeconds`, deadline),
      any(
        all(
          not(is(`${spec}.completionMode`, "Indexed")),
          any(absent(`${spec}.backoffLimit`), atMost(`${spec}.backoffLimit`, MOST_FAILURES)),
        ),
        indexed(spec),
      ),
      any(absent(`${spec}.completions`), atMost(`${spec}.completions`, completions)),
      any(absent(`${spec}.parallelism`), atMost(`${spec}.parallelism`, parallelism)),
      every(`${spec}.template.spec.containers`, bounds("memory", "ephemeral-storage")),
      every(`${spec}.template.spec.initContainers`, bounds("memory")),
    );

export const jobBounded = rule({
  id: "S19",
  name: "job-bounded",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: operations",
  key: "components/matrix/job-spec.ts",
  requires:
    "a Job, also one of a CronJob, has a deadline, asks for and limits memory and disk, and limits failures; an Indexed one per index and in all, without disruptions",
  because: "a release that never ends is paid for",
  settings: {
    completions: { default: 100_000, description: "most indexes of one Job" },
    parallelism: { default: 100_000, description: "most pods of one Job at once" },
    deadline: { default: 1_209_600, description: "longest deadline of one Job, in seconds" },
    total: { default: 400_000, description: "most indexes of all Jobs of a stack together" },
  },
  objects: [
    { on: JOBS, must: bounded("spec") },
    { on: CRON_JOBS, must: bounded("spec.jobTemplate.spec") },
  ],
  stack: (resources, { total = 0 }) => {
    const jobs = resources.filter(({ type }) => JOBS.types.includes(type));
    const [first] = jobs;
    if (first === undefined) return [];
    const counts = jobs.map(({ props }) => {
      const { kind, value } = read(props, "spec.completions");
      return kind === "unknown" ? UNKNOWN : typeof value === "number" ? value : 0;
    });
    return totalFindings(counts, total, "all Jobs' spec.completions", first);
  },
});

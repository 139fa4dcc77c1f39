import { evaluate } from "../predicates/evaluate";
import { is, all } from "../predicates/condition";
import { decide, rule } from "../rule";
import { WORKER, podsOf } from "../views/pods";

export const verifyPoolPresent = rule({
  id: "H17",
  name: "verify-pool-present",
  level: "advisory",
  severity: "medium",
  slsa: "Authentic",
  key: "monofarm:workers.pools",
  requires:
    "a farm that publishes (label farm.build/publish on a Job) has a pool of workers to verify (label farm.build/pool: verify)",
  because: "a release that nobody built again is a claim without evidence",
  stack: (resources) => {
    const pods = podsOf(resources);
    const verifies = pods.some(
      ({ value }) => evaluate(all(WORKER, is("metadata.labels[farm.build/pool]", "verify")), value).answer !== "no",
    );
    const publishes = pods.filter(
      ({ value }) => evaluate(is("metadata.labels[farm.build/publish]", "true"), value).answer === "yes",
    );
    return verifies
      ? []
      : publishes.flatMap(({ resource }) => decide(is("", true), false, "a pool to verify", resource));
  },
});

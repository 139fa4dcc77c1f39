import { anyHolds, evaluate } from "../predicates/evaluate";
import { is, all } from "../predicates/condition";
import { decide, rule } from "../rule";
import { WORKER, podsOf } from "../views/pods";

const VERIFIES = all(WORKER, is("metadata.labels[farm.build/pool]", "verify"));
const PUBLISHES = is("metadata.labels[farm.build/publish]", "true");

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
    const pool = anyHolds(pods.map(({ value }) => evaluate(VERIFIES, value).answer));
    return pods.flatMap(({ resource, value }) => {
      const { answer } = evaluate(PUBLISHES, value);
      return answer === "no" ? [] : decide(is("", true), pool, "a pool to verify", resource, answer === "unknown");
    });
  },
});

import { all, any, atLeast, atMost, is, matches, present, UNKNOWN } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { podsOf } from "../views/pods";
import { selects } from "../views/selectors";

/** What a drain of nodes takes pods of, however many there are. */
const KINDS = ["Deployment", "StatefulSet"].map((kind) => `kubernetes:apps/v1:${kind}`);

const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";

/** It selects something, and leaves a pod where it is. */
const HOLDS = all(
  present("spec.selector"),
  any(
    atLeast("spec.minAvailable", 1),
    matches("spec.minAvailable", "^[1-9][0-9]*%$"),
    atLeast("spec.maxUnavailable", 0),
    matches("spec.maxUnavailable", "^[0-9]{1,2}%$"),
  ),
);

/** Parts of several pods whose pods a drain may take all at once: no PodDisruptionBudget selects them. */
export function disruptionFindings(found: readonly Resource[]): Finding[] {
  const budgets = found.filter(({ type }) => type === BUDGET);
  return podsOf(found)
    .filter(({ resource }) => KINDS.includes(resource.type))
    .flatMap((pod) => {
      const isOne = evaluate(atMost("spec.replicas", 1), pod.resource.props).answer;
      const answers = budgets.map((budget) => {
        const holds = evaluate(HOLDS, budget.props).answer;
        return holds === "yes" ? selects(budget, "spec.selector", pod) : holds;
      });
      if (isOne === "yes" || answers.includes("yes")) return [];
      const isOpen = isOne === "unknown" || answers.includes("unknown");
      return decide(is("", true), isOpen ? UNKNOWN : false, "a PodDisruptionBudget", pod.resource);
    });
}

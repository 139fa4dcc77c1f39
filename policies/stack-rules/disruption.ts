import { atMost, is, UNKNOWN } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { podsOf } from "../views/pods";
import { selects } from "../views/selectors";

/** What a drain of nodes takes pods of, however many there are. */
const KINDS = ["Deployment", "StatefulSet"].map((kind) => `kubernetes:apps/v1:${kind}`);

const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";

/** Parts of several pods whose pods a drain may take all at once: no PodDisruptionBudget selects them. */
export function disruptionFindings(found: readonly Resource[]): Finding[] {
  const budgets = found.filter(({ type }) => type === BUDGET);
  return podsOf(found)
    .filter(({ resource }) => KINDS.includes(resource.type))
    .flatMap((pod) => {
      const isOne = evaluate(atMost("spec.replicas", 1), pod.resource.props).answer;
      const answers = budgets.map((budget) => selects(budget, "spec.selector", pod));
      if (isOne === "yes" || answers.includes("yes")) return [];
      const isOpen = isOne === "unknown" || answers.includes("unknown");
      return decide(is("", true), isOpen ? UNKNOWN : false, "a PodDisruptionBudget", pod.resource);
    });
}

import { all, atMost, is, UNKNOWN } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, rule } from "../rule";
import { DEPLOYMENTS, namespaceOf, POD_SETS } from "../views/cluster";
import { podsOf, ROLE, TEMPLATE_ROLE } from "../views/pods";

export const oneScheduler = rule({
  id: "H25",
  name: "one-scheduler",
  level: "mandatory",
  severity: "medium",
  slsa: "Isolated",
  key: "components/buildbarn/scheduler.ts",
  requires: "one scheduler in a namespace, whose old pod ends before the new one begins",
  because: "two queues would each believe that they have every worker",
  objects: [
    {
      on: DEPLOYMENTS,
      when: is(TEMPLATE_ROLE, "scheduler"),
      must: all(is("spec.replicas", 1), is("spec.strategy.type", "Recreate")),
    },
    { on: POD_SETS, when: is(TEMPLATE_ROLE, "scheduler"), must: atMost("spec.replicas", 1) },
  ],
  stack: (resources) => {
    const schedulers = podsOf(resources)
      .map(({ resource, value }) => ({ resource, answer: evaluate(is(ROLE, "scheduler"), value).answer }))
      .filter(({ answer }) => answer !== "no");
    return schedulers.flatMap(({ resource }) => {
      const beside = schedulers.filter((other) => namespaceOf(other.resource) === namespaceOf(resource));
      const sure = beside.filter(({ answer }) => answer === "yes").length;
      const count = sure > 1 || sure === beside.length ? sure : UNKNOWN;
      return decide(atMost("", 1), count, "schedulers in its namespace", resource);
    });
  },
});

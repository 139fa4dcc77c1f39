import { is, all } from "../predicates/condition";
import { rule } from "../rule";
import { DEPLOYMENTS } from "../views/cluster";

export const oneScheduler = rule({
  id: "H25",
  name: "one-scheduler",
  level: "mandatory",
  severity: "medium",
  slsa: "Isolated",
  key: "components/buildbarn/scheduler.ts",
  requires: "one scheduler, whose old pod ends before the new one begins",
  because: "two queues would each believe that they have every worker",
  objects: [
    {
      on: DEPLOYMENTS,
      when: is("spec.template.metadata.labels[app.kubernetes.io/name]", "scheduler"),
      must: all(is("spec.replicas", 1), is("spec.strategy.type", "Recreate")),
    },
  ],
});

import { is, present, atMost, all } from "../predicates/condition";
import { rule } from "../rule";
import { NODE_GROUPS } from "../views/aws";

export const cpuBaselineSingle = rule({
  id: "H15",
  name: "cpu-baseline-single",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: hermetic",
  key: "monofarm:platform.pools: instanceTypes",
  requires: "a node group of workers has one instance family, named by the label farm.build/cpu",
  because: "code that asks the CPU while it is built would differ from node to node",
  objects: [
    {
      on: NODE_GROUPS,
      when: is("labels[farm.build/role]", "worker"),
      must: all(present("labels[farm.build/cpu]"), present("instanceTypes"), atMost("$families", 1)),
    },
  ],
});

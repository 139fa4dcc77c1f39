import { all, atMost, present } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDING_NODES, NODE_GROUPS } from "../views/aws";

export const cpuBaselineSingle = rule({
  id: "H15",
  name: "cpu-baseline-single",
  level: "advisory",
  severity: "medium",
  slsa: "beyond L3: hermetic",
  key: "monofarm:platform.pools: instanceTypes",
  requires: "a node group of workers has instances of one CPU generation, named by the label farm.build/cpu",
  because: "code that asks the CPU while it is built would differ from node to node",
  objects: [
    {
      on: NODE_GROUPS,
      when: BUILDING_NODES,
      must: all(present("labels[farm.build/cpu]"), present("instanceTypes"), atMost("$cpus", 1)),
    },
  ],
});

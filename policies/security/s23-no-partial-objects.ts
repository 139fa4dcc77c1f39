import { absent, all } from "../predicates/condition";
import { rule } from "../rule";
import { PARTS } from "../views/cluster";

export const noPartialObjects = rule({
  id: "S23",
  name: "no-partial-objects",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "the program: whole objects instead of patches",
  requires: "patches of objects that other rules judge leave their spec, data, labels and annotations alone",
  because: "a rule sees a part of the object, and what it would refuse may stand in the rest",
  objects: [
    {
      on: PARTS,
      must: all(...["spec", "data", "template", "metadata.labels", "metadata.annotations"].map(absent)),
    },
  ],
});

import { absent, all } from "../predicates/condition";
import { rule } from "../rule";
import { PARTS } from "../views/cluster";

/** What rules look at in an object, whatever its kind. */
const JUDGED = [
  ...["spec", "template", "data", "stringData", "binaryData", "immutable", "automountServiceAccountToken"],
  ...["rules", "roleRef", "subjects", "metadata.labels", "metadata.annotations"],
];

export const noPartialObjects = rule({
  id: "S23",
  name: "no-partial-objects",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "the program: whole objects instead of patches",
  requires:
    "patches of objects that other rules judge leave alone what these look at: spec, data, rules, labels and their like",
  because: "a rule sees a part of the object, and what it would refuse may stand in the rest",
  objects: [{ on: PARTS, must: all(...JUDGED.map(absent)) }],
});

import { matches, absent, all } from "../predicates/condition";
import { rule } from "../rule";
import { CHARTS } from "../views/cluster";

export const chartVendored = rule({
  id: "H19",
  name: "chart-vendored",
  level: "advisory",
  severity: "low",
  slsa: "beyond L3: hermetic",
  key: "charts/",
  requires: "charts come from a folder or by digest, not from a repository",
  because: "a fork must deploy without a third party's host",
  objects: [
    { on: CHARTS, must: all(matches("chart", "^(\\.|/)|@sha256:[0-9a-f]{64}$"), absent("repositoryOpts.repo")) },
  ],
});

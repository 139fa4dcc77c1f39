import { is, oneOf, matches, all } from "../predicates/condition";
import { rule } from "../rule";
import { NAMESPACES } from "../views/cluster";

const ENFORCE = "pod-security.kubernetes.io/enforce";

export const namespacePodSecurity = rule({
  id: "S01",
  name: "namespace-pod-security",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "the labels of the namespace",
  requires:
    'a namespace of the farm enforces "restricted" or "baseline" pod security at a pinned version; that of releases "restricted"',
  because: "it is the cluster's own wall, which needs no controller",
  objects: [
    {
      on: NAMESPACES,
      must: all(
        oneOf(`metadata.labels[${ENFORCE}]`, ["restricted", "baseline"]),
        matches(`metadata.labels[${ENFORCE}-version]`, "^v1\\.[0-9]+$"),
      ),
    },
    {
      on: NAMESPACES,
      when: matches("metadata.name", "release"),
      must: is(`metadata.labels[${ENFORCE}]`, "restricted"),
    },
  ],
});

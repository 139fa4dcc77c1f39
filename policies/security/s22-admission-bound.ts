import { evaluate, read } from "../predicates/evaluate";
import { UNKNOWN, includes, is, some, all } from "../predicates/condition";
import { decide, rule } from "../rule";
import { namespaceOf } from "../views/cluster";
import { workersOf } from "../views/pods";

const BINDING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";

/** Without these, what Pulumi does not make could be anything. */
const LEAST = ["image-digest-pinned", "pod-restricted", "job-bounded", "role-declared"];

export const admissionBound = rule({
  id: "S22",
  name: "admission-bound",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/admission",
  requires: `the cluster refuses by itself what breaks ${LEAST.join(", ")} in the namespaces of workers`,
  because: "packs see what Pulumi makes, and neither kubectl nor a Job of CI",
  stack: (resources) => {
    const bindings = resources.filter(({ type }) => type === BINDING);
    return workersOf(resources).flatMap((resource) => {
      const where = namespaceOf(resource);
      if (where === UNKNOWN)
        return decide(is("", true), UNKNOWN, read(resource.props, "metadata.namespace").path, resource);
      return LEAST.flatMap((name) => {
        const bound = all(DENIES, is("spec.policyName", `monofarm-${name}`), reaches(where));
        const answers = bindings.map(({ props }) => evaluate(bound, props).answer);
        if (answers.includes("yes")) return [];
        const found = answers.includes("unknown") ? UNKNOWN : false;
        return decide(is("", true), found, `a binding of ${name} to its namespace`, resource);
      });
    });
  },
});

const DENIES = includes("spec.validationActions", "Deny");

function reaches(namespace: string) {
  const chosen = all(is("key", "kubernetes.io/metadata.name"), is("operator", "In"), includes("values", namespace));
  return some("spec.matchResources.namespaceSelector.matchExpressions", chosen);
}

import { admissionPolicies } from "../admission";
import { imageDigestPinned } from "../hermetic/h01-image-digest-pinned";
import { roleDeclared } from "../hermetic/h21-role-declared";
import { type Condition, is, UNKNOWN } from "../predicates/condition";
import { anyHolds, evaluate, read } from "../predicates/evaluate";
import { decide, rule } from "../rule";
import { binds, isPolicyOf } from "../stack-rules/admission";
import { ADMISSION_BINDINGS, ADMISSION_POLICIES, namespaceOf } from "../views/cluster";
import { workersOf } from "../views/pods";
import type { View } from "../views/view";
import { podRestricted } from "./s02-pod-restricted";
import { jobBounded } from "./s19-job-bounded";

/** Without these, what Pulumi does not make could be anything. */
const LEAST = admissionPolicies([imageDigestPinned, podRestricted, jobBounded, roleDeclared], {});

export const admissionBound = rule({
  id: "S22",
  name: "admission-bound",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/admission",
  requires: `the cluster refuses by itself what breaks ${LEAST.map(({ name }) => name).join(", ")} in the namespaces of workers: by the policies of these rules, for every object`,
  because: "packs see what Pulumi makes, and neither kubectl nor a Job of CI",
  stack: (resources) => {
    const workers = workersOf(resources);
    const held = ({ types }: View, must: Condition) => {
      const found = resources.filter(({ type }) => types.includes(type));
      return anyHolds(found.map(({ props }) => evaluate(must, props).answer));
    };
    const policies = workers.length === 0 ? [] : LEAST.map((one) => held(ADMISSION_POLICIES, isPolicyOf(one)));
    const bindings = (namespace: string) => LEAST.map(({ name }) => held(ADMISSION_BINDINGS, binds(name, namespace)));
    const known = workers.map(namespaceOf).filter((where) => where !== UNKNOWN);
    const bound = new Map([...new Set(known)].map((where) => [where, bindings(where)]));
    return workers.flatMap((resource) => {
      const where = namespaceOf(resource);
      if (where === UNKNOWN)
        return decide(is("", true), UNKNOWN, read(resource.props, "metadata.namespace").path, resource);
      return LEAST.flatMap(({ name }, at) => [
        ...decide(is("", true), policies[at], `a policy of ${name} as it is here`, resource),
        ...decide(is("", true), bound.get(where)?.[at], `a binding of ${name} to its namespace`, resource),
      ]);
    });
  },
});

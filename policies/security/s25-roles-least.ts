import { all, any, type Condition, every, is, matches, oneOf, some, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, rule } from "../rule";
import { namespaceOf } from "../views/cluster";
import { workersOf } from "../views/pods";

const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";

/** All that programs of the farm ask of the API server: to renew one list of keys, and to scale pools of workers. */
const LEAST = every(
  "rules",
  all(
    some("resourceNames", matches("", "^[a-z]")),
    any(
      all(every("resources", is("", "configmaps")), every("verbs", is("", "patch"))),
      all(every("resources", is("", "deployments/scale")), every("verbs", oneOf("", ["get", "patch"]))),
    ),
  ),
);

export const rolesLeast = rule({
  id: "S25",
  name: "roles-least",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/buildbarn/{token-keys,autoscaler}.ts: rules",
  requires:
    "roles in the namespaces of workers let programs renew named ConfigMaps and scale named Deployments, and nothing else; no binding there is to a ClusterRole",
  because: "whoever may change pods, or ask for tokens, is a worker whenever it likes",
  stack: (resources) => {
    const namespaces = new Set(workersOf(resources).map(namespaceOf));
    const must = (kind: string, condition: Condition) =>
      resources.flatMap((one): Finding[] => {
        const namespace = namespaceOf(one);
        const isThere = namespace !== UNKNOWN && namespaces.has(namespace);
        const mayBeThere = namespace === UNKNOWN || namespaces.has(UNKNOWN);
        if (one.type !== `${RBAC}:${kind}` || !(isThere || mayBeThere)) return [];
        return decide(condition, one.props, "", one, !isThere);
      });
    return [...must("Role", LEAST), ...must("RoleBinding", is("roleRef.kind", "Role"))];
  },
});

import { all, any, type Condition, every, is, matches, not, oneOf, some, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, rule } from "../rule";
import { CLUSTER_ROLE_BINDINGS, namespaceOf, ROLE_BINDINGS, ROLES } from "../views/cluster";
import { workersOf } from "../views/pods";
import type { View } from "../views/view";

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

/** The accounts of these programs. */
const PROGRAMS = ["autoscaler", "token-keys"];

/** Groups that every account is in, or that nobody needs an account for. */
const EVERYBODY = ["system:serviceaccounts", "system:authenticated", "system:unauthenticated"];

const ACCOUNT = is("kind", "ServiceAccount");

/** A binding of a namespace's own: to a Role, for these programs. */
function forPrograms(namespace: string | typeof UNKNOWN): Condition {
  const isHere = namespace === UNKNOWN ? [] : [is("namespace", namespace)];
  return all(is("roleRef.kind", "Role"), every("subjects", all(ACCOUNT, oneOf("name", PROGRAMS), ...isHere)));
}

/** A binding for the whole cluster that is for nobody in these namespaces. */
function forOthers(namespaces: readonly string[]): Condition {
  const groups = [...EVERYBODY, ...namespaces.map((namespace) => `system:serviceaccounts:${namespace}`)];
  return every(
    "subjects",
    not(
      any(
        all(ACCOUNT, oneOf("namespace", namespaces)),
        all(is("kind", "Group"), oneOf("name", groups)),
        all(is("kind", "User"), matches("name", `^system:serviceaccount:(${namespaces.join("|")}):`)),
      ),
    ),
  );
}

export const rolesLeast = rule({
  id: "S25",
  name: "roles-least",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/buildbarn/{token-keys,autoscaler}.ts: rules",
  requires:
    "roles in the namespaces of workers let programs renew named ConfigMaps and scale named Deployments, and nothing else; bindings there are to such a Role, for the accounts autoscaler and token-keys; no ClusterRoleBinding is for an account from there",
  because: "whoever may change pods, or ask for tokens, is a worker whenever it likes",
  stack: (resources) => {
    const namespaces = new Set(workersOf(resources).map(namespaceOf));
    const known = [...namespaces].filter((one) => one !== UNKNOWN);
    const there = (view: View, must: (namespace: string | typeof UNKNOWN) => Condition) =>
      of(view).flatMap((one): Finding[] => {
        const namespace = namespaceOf(one);
        const isThere = namespace !== UNKNOWN && namespaces.has(namespace);
        const mayBeThere = namespace === UNKNOWN || namespaces.has(UNKNOWN);
        return isThere || mayBeThere ? decide(must(namespace), one.props, "", one, !isThere) : [];
      });
    const of = ({ types }: View) => resources.filter(({ type }) => types.includes(type));
    return [
      ...there(ROLES, () => LEAST),
      ...there(ROLE_BINDINGS, forPrograms),
      ...of(CLUSTER_ROLE_BINDINGS).flatMap((one) => [
        ...(known.length > 0 ? decide(forOthers(known), one.props, "", one) : []),
        ...(namespaces.has(UNKNOWN) ? decide(every("subjects", not(ACCOUNT)), one.props, "", one, true) : []),
      ]),
    ];
  },
});

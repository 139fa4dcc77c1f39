import { all, type Condition, is, matches, not, present, UNKNOWN } from "../predicates/condition";
import { allOf, evaluate, read } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { POD_IDENTITIES } from "../views/aws";
import { isSameNamespace, namespaceOf, SERVICE_ACCOUNTS } from "../views/cluster";
import { podsOf, WORKER } from "../views/pods";

/** Where a service account names the role of AWS that its pods have. */
export const CLOUD_ROLE = "metadata.annotations[eks.amazonaws.com/role-arn]";

/** Service accounts and EKS' associations by which a worker, by whatever account it is, has a role of the cloud. */
export function cloudRoleFindings(found: readonly Resource[]): Finding[] {
  return podsOf(found).flatMap(({ resource, value, path }) => {
    const { answer } = evaluate(WORKER, value);
    if (answer === "no") return [];
    const account = accountOf(value, path);
    if (typeof account.value !== "string")
      return decide(matches("", "."), account.value, account.path, resource, answer !== "yes");
    const namespace = namespaceOf(resource);
    return ways(found, account.value).flatMap(({ one, where, must }) => {
      const isHere = isSameNamespace(where, namespace);
      return isHere === "no" ? [] : decide(must, one.props, "", one, allOf([answer, isHere]) !== "yes");
    });
  });
}

/** The service account that a pod is: by today's name of the field, or its old one. */
function accountOf(pod: unknown, path: string): { readonly value: unknown; readonly path: string } {
  const readings = ["serviceAccountName", "serviceAccount"].map((field) => read(pod, `spec.${field}`, path));
  const given = readings.find(({ kind, value }) => kind !== "absent" && value !== "");
  if (given === undefined) return { value: "default", path };
  return { value: given.kind === "unknown" ? UNKNOWN : given.value, path: given.path };
}

interface Way {
  readonly one: Resource;
  readonly where: unknown;
  readonly must: Condition;
}

/** What could give the pods of an account a role, and the condition that it does not. */
function ways(found: readonly Resource[], account: string): Way[] {
  return found.flatMap((one): Way[] => {
    if (SERVICE_ACCOUNTS.types.includes(one.type))
      return [{ one, where: namespaceOf(one), must: not(all(is("metadata.name", account), present(CLOUD_ROLE))) }];
    if (!POD_IDENTITIES.types.includes(one.type)) return [];
    return [{ one, where: one.props["namespace"], must: not(is("serviceAccount", account)) }];
  });
}

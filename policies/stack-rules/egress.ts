import {
  absent,
  all,
  any,
  type Condition,
  every,
  includes,
  is,
  matches,
  present,
  UNKNOWN,
} from "../predicates/condition";
import { type Answer, evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { BUILDS, podsOf, WORKER } from "../views/pods";
import { selects } from "../views/selectors";

/** A rule of a NetworkPolicy opens nothing but the port of names, and named pods or what else is a fit peer. */
const narrow = (peer: Condition) =>
  every(
    "spec.egress",
    any(all(present("to"), every("to", peer)), all(present("ports"), every("ports", is("port", 53)))),
  );
const PODS = all(absent("ipBlock"), any(present("podSelector"), present("namespaceSelector")));

/** Pods that lead builds also fetch sources and store results where the artifacts are: a network of at most a /8. */
const STORE = matches("ipBlock.cidr", "/([89]|[1-9][0-9]+)$");
const [OF_WORKERS, OF_CLIENTS] = [narrow(PODS), narrow(any(PODS, STORE))];

/** Pods that build and that no NetworkPolicy closes, and policies that open them too far. */
export function egressFindings(resources: readonly Resource[]): Finding[] {
  const policies = resources.filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy");
  const builds = podsOf(resources)
    .map((pod) => ({ ...pod, answer: evaluate(BUILDS, pod.value).answer }))
    .filter(({ answer }) => answer !== "no");
  return builds.flatMap((pod) => {
    if (pod.answer === "unknown") return decide(BUILDS, pod.value, pod.path, pod.resource);
    const isWorker = evaluate(WORKER, pod.value).answer !== "no";
    const closes = policies.map((policy) => ({ policy, answer: closing(policy, pod) }));
    if (closes.every(({ answer }) => answer !== "yes")) {
      const found = closes.some(({ answer }) => answer === "unknown") ? UNKNOWN : false;
      return decide(is("", true), found, "a NetworkPolicy for egress", pod.resource);
    }
    return closes
      .filter(({ answer }) => answer === "yes")
      .map(({ policy }) => policy)
      .flatMap((policy) => decide(isWorker ? OF_WORKERS : OF_CLIENTS, policy.props, "", policy));
  });
}

/** Whether a policy closes a pod's way out. */
function closing(policy: Resource, pod: ReturnType<typeof podsOf>[number]): Answer {
  const selected = selects(policy, "spec.podSelector", pod);
  return selected === "yes" ? evaluate(includes("spec.policyTypes", "Egress"), policy.props).answer : selected;
}

import {
  absent,
  all,
  any,
  type Condition,
  every,
  includes,
  is,
  matches,
  not,
  present,
  some,
} from "../predicates/condition";
import { allOf, anyHolds, evaluate } from "../predicates/evaluate";
import { NETWORK } from "../predicates/networks";
import { decide, type Finding, type Resource } from "../rule";
import { BUILDS, podsOf, WORKER } from "../views/pods";
import { selects } from "../views/selectors";

/** The list has items, each of them such: Kubernetes reads an empty one as all that there is. */
const only = (path: string, of: Condition) => all(some(path, of), every(path, of));

/** A rule of a NetworkPolicy opens nothing but the port of names, and named pods or what else is a fit peer. */
const narrow = (peer: Condition) =>
  every("spec.egress", any(only("to", peer), only("ports", all(is("port", 53), absent("endPort")))));
const PODS = all(absent("ipBlock"), any(present("podSelector"), present("namespaceSelector")));

/** Pods that lead builds also fetch sources and store results where the artifacts are: a network of at most a /8. */
const STORE = matches("ipBlock.cidr", NETWORK);
const [OF_WORKERS, OF_CLIENTS] = [narrow(PODS), narrow(any(PODS, STORE))];

/** Pods that build and that no NetworkPolicy closes, and policies that open them too far. */
export function egressFindings(resources: readonly Resource[]): Finding[] {
  const policies = resources
    .filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy")
    .map((policy) => ({ policy, forEgress: evaluate(FOR_EGRESS, policy.props).answer }));
  const builds = podsOf(resources)
    .map((pod) => ({ ...pod, answer: evaluate(BUILDS, pod.value).answer }))
    .filter(({ answer }) => answer !== "no");
  return builds.flatMap((pod) => {
    if (pod.answer === "unknown") return decide(BUILDS, pod.value, pod.path, pod.resource);
    const isWorker = evaluate(WORKER, pod.value).answer !== "no";
    // A policy that closes a pod's way out also opens what its rules say, as policies add up.
    const closes = policies.map(({ policy, forEgress }) => {
      return { policy, answer: allOf([forEgress, selects(policy, "spec.podSelector", pod)]) };
    });
    const isClosed = anyHolds(closes.map(({ answer }) => answer));
    if (isClosed !== true) return decide(is("", true), isClosed, "a NetworkPolicy for egress", pod.resource);
    const must = isWorker ? OF_WORKERS : OF_CLIENTS;
    return closes
      .filter(({ answer }) => answer === "yes" || answer === "unknown")
      .flatMap(({ policy, answer }) => decide(must, policy.props, "", policy, answer === "unknown"));
  });
}

/** A policy that says nothing of its types is for egress, too, where it has rules of it. */
const FOR_EGRESS = any(
  includes("spec.policyTypes", "Egress"),
  all(not(some("spec.policyTypes", all())), some("spec.egress", all())),
);

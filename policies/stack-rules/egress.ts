import { absent, all, any, every, includes, is, not, present } from "../predicates/condition";
import { evaluate, read } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { BUILDS, podsOf } from "../views/pods";

/** A rule of a NetworkPolicy opens nothing but named pods and the port of names. */
const NARROW = every(
  "spec.egress",
  any(
    all(
      present("to"),
      every("to", absent("ipBlock")),
      every("to", any(present("podSelector"), present("namespaceSelector"))),
    ),
    all(present("ports"), every("ports", is("port", 53))),
  ),
);

/** Pods that build and that no NetworkPolicy closes, and policies that open them too far. */
export function egressFindings(resources: readonly Resource[]): Finding[] {
  const policies = resources.filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy");
  const builds = podsOf(resources)
    .map((pod) => ({ ...pod, answer: evaluate(BUILDS, pod.value).answer }))
    .filter(({ answer }) => answer !== "no");
  return builds.flatMap((pod) => {
    if (pod.answer === "unknown") return decide(BUILDS, pod.value, pod.path, pod.resource);
    const about = policies.filter((policy) => selects(policy, pod));
    const closing = about.filter(
      ({ props }) => evaluate(includes("spec.policyTypes", "Egress"), props).answer === "yes",
    );
    if (closing.length === 0) return decide(is("", true), false, "a NetworkPolicy for egress", pod.resource);
    return closing.flatMap((policy) => decide(NARROW, policy.props, "", policy));
  });
}

function selects(policy: Resource, pod: ReturnType<typeof podsOf>[number]): boolean {
  const namespace = (resource: Resource) => {
    const reading = read(resource.props, "metadata.namespace");
    return reading.kind === "value" ? reading.value : "default";
  };
  const wanted = read(policy.props, "spec.podSelector.matchLabels");
  const pairs = wanted.kind === "value" ? Object.entries(wanted.value as Record<string, string>) : [];
  const chosen = all(...pairs.map(([label, value]) => is(`metadata.labels[${label}]`, value)));
  const simple = not(present("spec.podSelector.matchExpressions"));
  return (
    namespace(policy) === namespace(pod.resource) &&
    evaluate(simple, policy.props).answer === "yes" &&
    evaluate(chosen, pod.value).answer === "yes"
  );
}

import { type Declared, GOLDEN } from "../../test/policies/golden";

type Farm = Readonly<Record<string, Declared>>;

/** Kinds of Kubernetes' own, which any API server takes. */
const ON_ANY_CLUSTER =
  /^kubernetes:(admissionregistration\.k8s\.io\/v1:ValidatingAdmissionPolicy(Binding)?|apps\/v1:Deployment|batch\/v1:Job|core\/v1:(ConfigMap|Service|ServiceAccount)|networking\.k8s\.io\/v1:(Ingress|NetworkPolicy))$/;

/** The cluster's part of the policies' golden farm: workers, a release's Job, their configuration and network policies. */
export const GOLDEN_CLUSTER: Farm = Object.fromEntries(
  Object.entries(GOLDEN).filter(([, { type }]) => ON_ANY_CLUSTER.test(type)),
);

/** What a cluster has once, or a namespace. */
function isAlone([name, { type }]: readonly [string, Declared]): boolean {
  return type.startsWith("kubernetes:admissionregistration.k8s.io/") || name === "scheduler";
}

/** A farm over and over, each copy with names of its own, beside what there is once: about so many resources. */
export function copies(farm: Farm, count: number): Farm {
  const all = Object.entries(farm);
  const often = all.filter((one) => !isAlone(one));
  const whole = Math.max(1, Math.round(count / often.length));
  return Object.fromEntries([
    ...all.filter(isAlone),
    ...Array.from({ length: whole }, (_, copy) => often.map(([name, one]) => copied(name, one, copy))).flat(),
  ]);
}

function copied(name: string, declared: Declared, copy: number): readonly [string, Declared] {
  // In front: a rule asks for a hash at the end.
  const own = (one: string) => `copy${copy}-${one}`;
  const madeOf = Object.fromEntries(
    Object.entries(declared.madeOf ?? {}).map(([property, made]) => [property, made.map(own)]),
  );
  const { metadata } = declared.props as { readonly metadata?: { readonly name?: string } };
  const named = metadata?.name === undefined ? {} : { metadata: { ...metadata, name: own(metadata.name) } };
  const { spec } = declared.props;
  // What a pod mounts is of the same copy.
  const mounted = JSON.stringify(spec ?? {}).replaceAll(/"([a-z]+-0123abcd)"/g, (_, name: string) => `"${own(name)}"`);
  const specified = spec === undefined ? {} : { spec: JSON.parse(mounted) as unknown };
  return [own(name), { ...declared, props: { ...declared.props, ...named, ...specified }, madeOf }];
}

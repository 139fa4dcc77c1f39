import { type Declared, GOLDEN } from "../../test/policies/golden";

type Farm = Readonly<Record<string, Declared>>;

/** Namespaced kinds of Kubernetes' own, which any API server takes. */
const ON_ANY_CLUSTER =
  /^kubernetes:(apps\/v1:Deployment|batch\/v1:Job|core\/v1:(ConfigMap|Service|ServiceAccount)|networking\.k8s\.io\/v1:(Ingress|NetworkPolicy))$/;

/** The cluster's part of the policies' golden farm: workers, a release's Job, their configuration and network policies. */
export const GOLDEN_CLUSTER: Farm = Object.fromEntries(
  Object.entries(GOLDEN).filter(([, { type }]) => ON_ANY_CLUSTER.test(type)),
);

/** A farm over and over, each copy whole and with names of its own: about so many resources. */
export function copies(farm: Farm, count: number): Farm {
  const all = Object.entries(farm);
  const whole = Math.max(1, Math.round(count / all.length));
  return Object.fromEntries(
    Array.from({ length: whole }, (_, copy) => all.map(([name, declared]) => copied(name, declared, copy))).flat(),
  );
}

function copied(name: string, declared: Declared, copy: number): readonly [string, Declared] {
  const own = (one: string) => `${one}-${copy}`;
  const madeOf = Object.fromEntries(
    Object.entries(declared.madeOf ?? {}).map(([property, made]) => [property, made.map(own)]),
  );
  const { metadata } = declared.props as { readonly metadata?: { readonly name?: string } };
  const named = metadata?.name === undefined ? {} : { metadata: { ...metadata, name: own(metadata.name) } };
  return [own(name), { ...declared, props: { ...declared.props, ...named }, madeOf }];
}

import { validations } from "../../../policies/admission";
import type { Rule } from "../../../policies/rule";
import { admitted } from "../admitted";
import { type Declared, GOLDEN } from "../golden";
import { RULES } from "../judge";
import { MUTANTS, type Mutant, mutate } from "../mutants";

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** Rules that the cluster's admission can decide. */
export const CLUSTER_RULES: readonly Rule[] = RULES.filter((rule) => validations(rule).length > 0);

/** A declared resource as the object that it becomes. @param prefix of its name, but for namespaces, which are known by it */
export function manifest({ type, props }: Pick<Declared, "type" | "props">, prefix = ""): Manifest {
  const [, version = "", kind = ""] = type.split(":");
  const { metadata, ...rest } = props as { metadata: Manifest["metadata"] };
  const name = kind === "Namespace" ? metadata.name : `${prefix}${metadata.name}`;
  return { apiVersion: version.replace(/^core\//, ""), kind, metadata: { ...metadata, name }, ...rest };
}

/** Objects of the golden farm that some rule can be decided about in the cluster. */
export function goldenObjects(): Manifest[] {
  return Object.values(GOLDEN)
    .filter(({ type }) => isJudged(CLUSTER_RULES, type))
    .map((declared) => manifest(declared, "golden-"));
}

/** Mutants that the cluster's admission decides, each as the object that its rule refuses. */
export function mutatedObjects(): { readonly mutant: Mutant; readonly rule: Rule; readonly object: Manifest }[] {
  return MUTANTS.flatMap((mutant, index) => {
    const rule = CLUSTER_RULES.find(({ id }) => id === mutant.rule);
    const declared = mutate(mutant.resource, mutant.path, mutant.value)[mutant.resource];
    if (rule === undefined || declared === undefined || !admitted(rule, declared).includes(false)) return [];
    return [{ mutant, rule, object: manifest(declared, `mutant-${index}-`) }];
  });
}

function isJudged(rules: readonly Rule[], type: string): boolean {
  return rules.some(({ objects = [] }) =>
    objects.some(({ on }) => on.admission !== undefined && on.types.includes(type)),
  );
}

/** The pod of an object that owns pods, under every kind of owner, and as one that nobody owns. */
export function underEveryOwner({ metadata, spec }: Manifest, prefix: string): Manifest[] {
  const { template } = spec as { template: { metadata: { labels: Record<string, string> }; spec: object } };
  const at = (kind: string) => ({
    name: `${prefix}${kind.toLowerCase()}`,
    namespace: metadata.namespace ?? "default",
    labels: template.metadata.labels,
  });
  const selector = { matchLabels: template.metadata.labels };
  const once = { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
  const job = { activeDeadlineSeconds: 60, template: once };
  const always = { ...template, spec: { ...template.spec, restartPolicy: "Always" } };
  const owned = { selector, template: always };
  return [
    { apiVersion: "v1", kind: "Pod", metadata: at("Pod"), spec: template.spec },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: at("Deployment"), spec: owned },
    { apiVersion: "apps/v1", kind: "StatefulSet", metadata: at("StatefulSet"), spec: { ...owned, serviceName: "x" } },
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata: at("DaemonSet"), spec: owned },
    { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: at("ReplicaSet"), spec: owned },
    {
      apiVersion: "v1",
      kind: "ReplicationController",
      metadata: at("ReplicationController"),
      spec: { template: always },
    },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: at("CronJob"),
      spec: { schedule: "0 0 * * *", jobTemplate: { spec: job } },
    },
    { apiVersion: "batch/v1", kind: "Job", metadata: at("Job"), spec: job },
  ];
}

/** Several objects as one. */
export function list(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

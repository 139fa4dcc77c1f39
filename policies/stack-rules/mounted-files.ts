import { type Condition, oneOf, UNKNOWN } from "../predicates/condition";
import { type Answer, evaluate, read } from "../predicates/evaluate";
import { SERVERS } from "../predicates/identity";
import { decide, type Finding, type Resource } from "../rule";
import { CONFIG_MAPS, isSameNamespace, namespaceOf, SECRETS } from "../views/cluster";
import { CONFIGURATIONS } from "../views/documents";
import { podsOf, ROLE } from "../views/pods";

/** Pods that run BuildBarn's programs. */
const RUN_BUILDBARN = oneOf(ROLE, [...SERVERS, "worker"]);

/** What such pods find files in: where its files are, how a volume names it, and the files that it may have. */
const HOLDERS = [
  {
    ...{ types: CONFIG_MAPS.types, fields: ["data", "binaryData"] },
    ...{ volume: "configMap.name", source: "configMap.name" },
    // Beside configurations: who signs tokens, the names of machines, and whom to trust.
    may: oneOf("", [...CONFIGURATIONS, "jwks", "issuer", "hosts", "resolv.conf", "ca.crt"]),
  },
  {
    ...{ types: SECRETS.types, fields: ["data", "stringData"] },
    ...{ volume: "secret.secretName", source: "secret.name" },
    may: oneOf("", ["tls.crt", "tls.key", "ca.crt"]),
  },
];
type Holder = (typeof HOLDERS)[number];

/** Files that pods of BuildBarn's mount by names that no rule reads, where a program may yet read its configuration. */
export function fileFindings(found: readonly Resource[]): Finding[] {
  const pods = podsOf(found).flatMap((pod) => {
    const { answer } = evaluate(RUN_BUILDBARN, pod.value);
    return answer === "no" ? [] : [{ ...pod, isSure: answer === "yes" }];
  });
  return HOLDERS.flatMap((holder) => {
    const mounting = pods.map((pod) => ({ ...pod, ...mountedNames(pod.value, holder) }));
    return found
      .filter(({ type }) => holder.types.includes(type))
      .flatMap((one) => {
        const answers = mounting.map((pod) => mounts(pod, one));
        if (answers.every((answer) => answer === "no")) return [];
        return holder.fields.flatMap((field) => named(one, field, holder.may, !answers.includes("yes")));
      });
  });
}

/** A pod, and the names that it mounts. */
interface Mounting {
  readonly resource: Resource;
  /** Whether it runs BuildBarn, or may. */
  readonly isSure: boolean;
  readonly names: ReadonlySet<string>;
  /** Whether there are names that nobody knows yet. */
  readonly isOpen: boolean;
}

/** ConfigMaps or Secrets that a pod mounts, as volumes or as parts of them. */
function mountedNames(pod: unknown, { volume, source }: Holder): Pick<Mounting, "names" | "isOpen"> {
  const volumes = items(pod, "spec.volumes");
  const found = [
    ...volumes.map((one) => read(one, volume)),
    ...volumes.flatMap((one) => items(one, "projected.sources")).map((one) => read(one, source)),
  ];
  return {
    names: new Set(found.flatMap(({ value }) => (typeof value === "string" ? [value] : []))),
    isOpen: found.some(({ kind }) => kind === "unknown"),
  };
}

/** Items of a list; of one that is not known yet, that. */
function items(value: unknown, path: string): readonly unknown[] {
  const { kind, value: list } = read(value, path);
  return kind === "unknown" ? [UNKNOWN] : Array.isArray(list) ? (list as readonly unknown[]) : [];
}

/** Whether a pod mounts a ConfigMap or Secret. */
function mounts(pod: Mounting, one: Resource): Answer {
  const isHere = isSameNamespace(namespaceOf(pod.resource), namespaceOf(one));
  if (isHere === "no") return "no";
  const { value: name } = read(one.props, "metadata.name");
  if (typeof name !== "string") return pod.names.size > 0 || pod.isOpen ? "unknown" : "no";
  if (pod.names.has(name)) return pod.isSure ? isHere : "unknown";
  return pod.isOpen ? "unknown" : "no";
}

function named(one: Resource, field: string, may: Condition, unsure: boolean): Finding[] {
  const { kind, value, path } = read(one.props, field);
  if (kind === "absent") return [];
  if (typeof value !== "object" || value === null)
    return decide(may, kind === "unknown" ? UNKNOWN : value, path, one, unsure);
  return Object.keys(value).flatMap((file) => decide(may, file, `${path}[${file}]`, one, unsure));
}

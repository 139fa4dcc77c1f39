import { all, any, type Condition, is, oneOf, present, some, UNKNOWN } from "../predicates/condition";
import { type Answer, evaluate, read } from "../predicates/evaluate";
import { SERVERS } from "../predicates/identity";
import { decide, type Finding, type Resource } from "../rule";
import { CONFIG_MAPS, namespaceOf, SECRETS } from "../views/cluster";
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
  const pods = podsOf(found).filter(({ value }) => evaluate(RUN_BUILDBARN, value).answer !== "no");
  return HOLDERS.flatMap((holder) =>
    found
      .filter(({ type }) => holder.types.includes(type))
      .flatMap((one) => {
        const answers = pods.map((pod) => mounts(pod, one, holder));
        if (answers.every((answer) => answer === "no")) return [];
        return holder.fields.flatMap((field) => named(one, field, holder.may, !answers.includes("yes")));
      }),
  );
}

/** Whether a pod mounts a ConfigMap or Secret, as a volume or as a part of one. */
function mounts({ resource, value }: ReturnType<typeof podsOf>[number], one: Resource, holder: Holder): Answer {
  const [here, there] = [namespaceOf(resource), namespaceOf(one)];
  const isElsewhere = here !== there;
  if (isElsewhere && here !== UNKNOWN && there !== UNKNOWN) return "no";
  const { kind, value: name } = read(one.props, "metadata.name");
  const hasName = (path: string): Condition => (typeof name === "string" ? is(path, name) : present(path));
  const mounted = some("spec.volumes", any(hasName(holder.volume), some("projected.sources", hasName(holder.source))));
  const answer = evaluate(all(RUN_BUILDBARN, mounted), value).answer;
  return answer === "yes" && (isElsewhere || kind !== "value") ? "unknown" : answer;
}

function named(one: Resource, field: string, may: Condition, unsure: boolean): Finding[] {
  const { kind, value, path } = read(one.props, field);
  if (kind === "absent") return [];
  if (typeof value !== "object" || value === null)
    return decide(may, kind === "unknown" ? UNKNOWN : value, path, one, unsure);
  return Object.keys(value).flatMap((file) => decide(may, file, `${path}[${file}]`, one, unsure));
}

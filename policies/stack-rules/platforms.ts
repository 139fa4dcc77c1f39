import { any, type Condition, every, is, not, present, UNKNOWN } from "../predicates/condition";
import { evaluate, read } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { CONFIG_MAPS } from "../views/cluster";
import { BUILDBARN } from "../views/documents";
import { podsOf, WORKER } from "../views/pods";
import { subjectsOf } from "../views/view";

const EMULATED = is("metadata.labels[farm.build/emulated]", "true");

/** Workers whose configuration promises another platform than their runner's image and their nodes are. */
export function platformFindings(resources: readonly Resource[]): Finding[] {
  return podsOf(resources).flatMap(({ resource, value, path }) => {
    const { answer } = evaluate(WORKER, value);
    if (answer === "no") return [];
    if (answer === "unknown") return decide(WORKER, value, path, resource);
    const containers = ["initContainers", "containers"].map((list) => items(value, `spec.${list}`));
    const runner = containers
      .flatMap(({ known }) => known)
      .find((one) => evaluate(is("name", "runner"), one).answer === "yes");
    const mounted = mountedDocuments(value, resources);
    if (runner === undefined || mounted.documents.length === 0) {
      const isOpen = runner === undefined ? containers.some((list) => list.isOpen) : mounted.isOpen;
      return decide(is("", true), isOpen ? UNKNOWN : false, `${path}: runner and worker.json`, resource);
    }
    const image = read(runner, "image");
    const nodes = read(value, "spec.nodeSelector[kubernetes.io/arch]");
    const isBound = nodes.kind !== "absent" && evaluate(EMULATED, value).answer !== "yes";
    const promises: readonly Promised[] = [
      ["container-image", image.kind === "unknown" ? UNKNOWN : `docker://${String(image.value)}`],
      ...(isBound ? [["Arch", nodes.kind === "unknown" ? UNKNOWN : String(nodes.value)] as const] : []),
    ];
    return promises.flatMap(([property, kept]) =>
      kept === UNKNOWN
        ? decide(is("", true), UNKNOWN, `${path}: ${property}`, resource)
        : mounted.documents.flatMap((one) => decide(everyRunner(property, kept), one.value, one.path, resource)),
    );
  });
}

/** A property of a platform, and what keeps it. */
type Promised = readonly [property: string, kept: string | typeof UNKNOWN];

/** Each runner of a worker's configuration that has a property has this value of it. */
function everyRunner(property: string, value: string): Condition {
  const same = any(not(is("name", property)), is("value", value));
  return every("$content.buildDirectories", every("runners", every("platform.properties", same)));
}

/** Configurations of workers in the ConfigMaps that a pod mounts, and whether there may be others. */
function mountedDocuments(pod: unknown, resources: readonly Resource[]) {
  const volumes = items(pod, "spec.volumes");
  const names = volumes.known.map((volume) => read(volume, "configMap.name"));
  const configurations = resources
    .filter(({ type }) => CONFIG_MAPS.types.includes(type))
    .map((resource) => ({ resource, name: read(resource.props, "metadata.name") }));
  const documents = configurations
    .filter(({ name }) => name.kind === "value" && names.some(({ value }) => value === name.value))
    .flatMap(({ resource }) => subjectsOf(BUILDBARN, resource))
    .filter(({ value }) => evaluate(present("$content.buildDirectories"), value).answer !== "no");
  const isOpen = volumes.isOpen || [...names, ...configurations.map(({ name }) => name)].some(isUnknown);
  return { documents, isOpen };
}

/** Items of a list that are known, and whether there may be others. */
function items(value: unknown, path: string): { readonly known: readonly unknown[]; readonly isOpen: boolean } {
  const list = read(value, path);
  const found: readonly unknown[] = Array.isArray(list.value) ? list.value : [];
  const isOpen = isUnknown(list) || found.some((item) => isUnknown(read(item, "name")));
  return { known: found.filter((item) => item !== UNKNOWN), isOpen };
}

function isUnknown({ kind }: ReturnType<typeof read>): boolean {
  return kind === "unknown";
}

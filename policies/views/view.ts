import type { Resource } from "../rule";

/** One thing inside a resource that a rule is about, and where it stands. */
export interface Subject {
  readonly path: string;
  readonly value: unknown;
}

/** What rules look at: the things of some kind inside some types of resources. */
export interface View {
  readonly title: string;
  /** Pulumi's types. */
  readonly types: readonly string[];
  readonly subjects: (resource: Resource) => readonly Subject[];
  /** How the cluster's admission sees the same. @default not at all: the thing is no cluster object, or a text inside one */
  readonly admission?: Admission;
}

/** Objects of the Kubernetes API, and the CEL expression that a condition's paths are relative to. */
export interface Admission {
  /** Of the objects, by the name that they bear themselves: `Deployment`. */
  readonly kinds: readonly string[];
  readonly resources: readonly {
    readonly group: string;
    readonly version: string;
    readonly resources: readonly string[];
  }[];
  readonly variable: string;
}

const READ = new WeakMap<Resource, Map<View, readonly Subject[]>>();

/** What a view sees in a resource: read once, however many rules look at it. */
export function subjectsOf(view: View, resource: Resource): readonly Subject[] {
  const views = READ.get(resource) ?? new Map<View, readonly Subject[]>();
  READ.set(resource, views);
  const subjects = views.get(view) ?? view.subjects(resource);
  views.set(view, subjects);
  return subjects;
}

/** Resources as they are. */
export function resources(title: string, ...types: readonly string[]): View {
  return { title, types, subjects: ({ props }) => [{ path: "", value: props }] };
}

/** A kind of the Kubernetes API, as it is. @param group in full, as Pulumi and the API both write it; empty for the core */
export function kind(group: string, version: string, name: string, plural: string): View {
  const type = `kubernetes:${group === "" ? "core" : group}/${version}:${name}`;
  return {
    ...resources(name, type),
    admission: { kinds: [name], resources: [{ group, version, resources: [plural] }], variable: "object" },
  };
}

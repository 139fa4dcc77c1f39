import { UNKNOWN } from "../predicates/condition";
import type { Answer } from "../predicates/evaluate";
import type { Resource } from "../rule";

/** What a property of a resource refers to: by the resources that it was made of, and by what names it holds. */
export interface References {
  readonly urns: readonly string[];
  readonly names: readonly string[];
  /** Whether there are names that are not known yet. */
  readonly isOpen: boolean;
}

/** What a property, a name or a list of them, refers to. */
export function references({ props, madeOf }: Resource, property: string): References {
  const value = props[property];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return {
    urns: madeOf[property] ?? [],
    names: values.filter((name): name is string => typeof name === "string" && name !== ""),
    isOpen: values.includes(UNKNOWN),
  };
}

/** What a resource is referred to by. @param property that holds its name */
export function itself(resource: Resource, property: string): References {
  return { ...references(resource, property), urns: [resource.urn] };
}

/** Whether a reference may be to anything. */
export function isAnybodys({ isOpen, urns }: References): boolean {
  return isOpen && urns.length === 0;
}

/** Whether two properties refer to one thing, as far as is known. */
export function meet(one: References, other: References): boolean {
  return one.urns.some((urn) => other.urns.includes(urn)) || one.names.some((name) => other.names.includes(name));
}

/**
 * Whether a property of a resource names another.
 * @param name the other's property that holds its name
 * @param others of the same kind: what was made of one of them names no other
 */
export function refersTo(
  one: Resource,
  property: string,
  other: Resource,
  name: string,
  others: readonly Resource[],
): Answer {
  const reference = references(one, property);
  const own = itself(other, name);
  if (meet(reference, own)) return "yes";
  const isOpen = reference.isOpen || (own.isOpen && reference.names.length > 0);
  return isOpen && !others.some(({ urn }) => reference.urns.includes(urn)) ? "unknown" : "no";
}

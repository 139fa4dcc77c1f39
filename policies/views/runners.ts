import { UNKNOWN } from "../predicates/condition";
import { read } from "../predicates/evaluate";
import { BUILDBARN } from "./documents";
import { type Subject, subjectsOf, type View } from "./view";

/**
 * Runners in the configurations of BuildBarn's workers. `$runners` counts all of the document, `$properties` are the names of
 * the platform's properties, in their order.
 */
export const RUNNERS: View = {
  title: "runners of BuildBarn's workers",
  types: BUILDBARN.types,
  subjects: (resource) =>
    subjectsOf(BUILDBARN, resource).flatMap((document) => {
      const found = items(document, "$content.buildDirectories").flatMap((directory) => items(directory, "runners"));
      return found.map(({ path, value }) => ({ path, value: described(value, found.length) }));
    }),
};

function described(runner: unknown, count: number): unknown {
  if (typeof runner !== "object" || runner === null) return runner;
  const properties = items({ path: "", value: runner }, "platform.properties").map(({ value }) => text(value, "name"));
  return { ...runner, $runners: count, $properties: properties };
}

/** The items of a list; one that is not known, or of no shape that holds, where the list is such. */
function items({ path: at, value: outer }: Subject, list: string): Subject[] {
  const { kind, path, value } = read(outer, list, at);
  if (kind === "absent") return [];
  if (kind === "unknown") return [{ path, value: UNKNOWN }];
  if (!Array.isArray(value)) return [{ path, value: "no list" }];
  return value.map((item: unknown, index) => ({ path: `${path}[${index}]`, value: item }));
}

function text(value: unknown, field: string): unknown {
  const reading = read(value, field);
  return reading.kind === "unknown" ? UNKNOWN : reading.value;
}

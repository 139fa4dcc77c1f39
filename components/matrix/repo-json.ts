import { z } from "zod";

import { INTEGRITY_FORMS, parseIntegrity } from "./integrity";
import { parseJson, reportShape, writtenKeys } from "./json-file";
import type { Mistakes } from "./mistakes";
import { isMap, type Properties, resolveSource, type Source } from "./resolve-source";
import type { TemplateError } from "./template";

const INTEGRITIES = ["integrity", "sha256"];
const RESERVED = ["integrity_algo", "integrity_hex_digest", "integrity_sri"];

const properties = z.record(z.string(), z.unknown());
const repoJson = z
  .object({
    version: z.literal(1),
    sources: z.record(z.string(), properties),
    versions: z.union([z.array(z.string()), z.record(z.string(), properties)]),
    metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .strict();

/** A `repo.json`, version 1. */
export interface Repository {
  /** Sources in order of preference, by version name. Order of the versions: as written. */
  readonly versions: ReadonlyMap<string, readonly Source[]>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Reads a `repo.json` (version 1) by the rules of Monogres' own index reader.
 * @param name what `{repo_name}` stands for
 * @returns undefined where its shape is wrong; the mistakes are then in `mistakes`
 */
export function readRepository(name: string, file: string, text: string, mistakes: Mistakes): Repository | undefined {
  const json = parseJson(file, text, mistakes);
  if (json === undefined) return undefined;
  const result = repoJson.safeParse(json);
  if (!result.success) {
    reportShape(file, json, result.error, mistakes);
    return undefined;
  }
  const { sources, versions, metadata } = result.data;
  const names = sourceOrder(writtenKeys(text, sources, "sources"));
  if (names.length === 0) mistakes.add(file, "sources", {}, "at least one source with a url");
  if (Object.keys(versions).length === 0) mistakes.add(file, "versions", versions, "at least one version");
  const inOrder = (object: Readonly<Record<string, unknown>>, ...path: string[]): Properties =>
    writtenKeys(text, object, ...path).map((key) => [key, object[key]]);
  const templates = names.map((source): [string, Properties] => {
    const path = `sources.${source}`;
    if (source.includes("/")) mistakes.add(file, path, source, "a name without /");
    if (!("url" in (sources[source] ?? {}))) mistakes.add(file, `${path}.url`, undefined, "the source's address");
    return [source, inOrder(sources[source] ?? {}, "sources", source)];
  });
  const failures = new TemplateFailures();
  const resolved = new Map<string, readonly Source[]>();
  for (const version of Array.isArray(versions) ? versions : Object.keys(versions)) {
    const path = `versions.${version}`;
    const its = Array.isArray(versions) ? {} : (versions[version] ?? {});
    if (version.includes("/")) mistakes.add(file, path, version, "a name without /");
    checkProperties(file, path, its, names, mistakes);
    const given = inOrder(its, "versions", version);
    resolved.set(
      version,
      templates.map(([source, its]) =>
        resolveSource({ repository: name, version, source, given, templates: its }, (key, error) => {
          failures.add(`sources.${source}.${key}`, sources[source]?.[key], error, version);
        }),
      ),
    );
  }
  failures.report(file, resolved.size, mistakes);
  return { versions: resolved, metadata: metadata ?? {} };
}

/** The first source stays first, since it is the preferred one; the rest follow by name. */
function sourceOrder([first, ...rest]: readonly string[]): string[] {
  return first === undefined ? [] : [first, ...rest.sort()];
}

function checkProperties(
  file: string,
  path: string,
  given: Readonly<Record<string, unknown>>,
  sources: readonly string[],
  mistakes: Mistakes,
): void {
  if (INTEGRITIES.every((key) => key in given)) {
    mistakes.add(file, path, INTEGRITIES.join(" and "), "one of them, even where they are about different sources");
  }
  for (const [property, value] of Object.entries(given)) {
    const at = `${path}.${property}`;
    if (RESERVED.includes(property)) mistakes.add(file, at, property, "any other name: this one is derived");
    else if (INTEGRITIES.includes(property)) {
      // The names of the sources are not checked here, by Monogres' reader either.
      for (const [key, digest] of isMap(value) ? Object.entries(value) : [["", value] as const]) {
        if (parseIntegrity(digest) === undefined) {
          mistakes.add(file, key === "" ? at : `${at}.${key}`, digest, INTEGRITY_FORMS);
        }
      }
    } else if (isMap(value) && !sameNames(Object.keys(value), sources)) {
      mistakes.add(file, at, Object.keys(value), `exactly the sources ${sources.join(", ")}`);
    } else if (typeof value === "number" && !Number.isSafeInteger(value)) {
      mistakes.add(file, at, value, "a whole number or text: Bazel and others write fractions in different ways");
    }
  }
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}

/** Templates that could not be filled in: one mistake each, whatever the number of versions. */
class TemplateFailures {
  private readonly found = new Map<
    string,
    { path: string; template: unknown; expected: string; versions: [string, ...string[]] }
  >();

  add(path: string, template: unknown, { subject, expected }: TemplateError, version: string): void {
    const known = this.found.get(`${path} ${subject}`);
    if (known !== undefined) known.versions.push(version);
    else this.found.set(`${path} ${subject}`, { path, template, expected, versions: [version] });
  }

  report(file: string, versions: number, mistakes: Mistakes): void {
    for (const { path, template, expected, versions: where } of this.found.values()) {
      const more = where.length > 1 ? ` and ${where.length - 1} more` : "";
      mistakes.add(file, where.length === versions ? path : `${path} (for ${where[0]}${more})`, template, expected);
    }
  }
}

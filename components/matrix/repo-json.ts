import { z } from "zod";

import { INTEGRITY_FORMS, type Integrity, parseIntegrity } from "./integrity";
import { type Mistakes, show } from "./mistakes";
import { fill, TemplateError } from "./template";

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

/** Where one version's source comes from, templates filled in. */
export interface Source {
  readonly name: string;
  readonly url: string;
  /** Absent where the index names no digest, or one of another algorithm. */
  readonly sha256?: string;
  /** Subresource integrity; absent where the index names no digest. */
  readonly integrity?: string;
  /** Every property after substitution, in the order they were written. */
  readonly properties: ReadonlyMap<string, unknown>;
}

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
  const { sources, metadata } = result.data;
  const versions = Array.isArray(result.data.versions)
    ? Object.fromEntries(result.data.versions.map((version) => [version, {}]))
    : result.data.versions;
  const names = sourceOrder(Object.keys(sources));
  if (names.length === 0) mistakes.add(file, "sources", {}, "at least one source with a url");
  if (Object.keys(versions).length === 0) mistakes.add(file, "versions", result.data.versions, "at least one version");
  for (const source of names) {
    const path = `sources.${source}`;
    if (source.includes("/")) mistakes.add(file, path, source, "a name without /");
    if (!("url" in (sources[source] ?? {}))) mistakes.add(file, `${path}.url`, undefined, "the source's address");
  }
  const resolved = new Map<string, readonly Source[]>();
  for (const [version, given] of Object.entries(versions)) {
    if (version.includes("/")) mistakes.add(file, `versions.${version}`, version, "a name without /");
    checkProperties(file, `versions.${version}`, given, names, mistakes);
    resolved.set(
      version,
      names.map((source) => resolve(name, file, version, given, source, sources[source] ?? {}, mistakes)),
    );
  }
  return { versions: resolved, metadata: metadata ?? {} };
}

/** JSON of a file; a mistake and undefined where it is none. */
export function parseJson(file: string, text: string, mistakes: Mistakes): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    mistakes.add(file, "", error instanceof Error ? error.message : "no JSON", "JSON");
    return undefined;
  }
}

/** Notes what zod found wrong, each with what stands there. */
export function reportShape(file: string, json: unknown, error: z.ZodError, mistakes: Mistakes): void {
  for (const issue of error.issues) {
    const found = issue.path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
      json,
    );
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) mistakes.add(file, [...issue.path, key].join("."), key, "no such key");
    } else mistakes.add(file, issue.path.join("."), found, issue.message.replace(/^Invalid input: expected /, ""));
  }
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
    } else if (isMap(value) && show(Object.keys(value).sort()) !== show([...sources].sort())) {
      mistakes.add(file, at, Object.keys(value), `exactly the sources ${sources.join(", ")}`);
    }
  }
}

function resolve(
  repository: string,
  file: string,
  version: string,
  given: Readonly<Record<string, unknown>>,
  name: string,
  templates: Readonly<Record<string, unknown>>,
  mistakes: Mistakes,
): Source {
  const resolved = new Map<string, unknown>([
    ["repo_name", repository],
    ["version", version],
    ["source", name],
  ]);
  let integrity: Integrity | undefined;
  const of = (value: unknown) => (isMap(value) ? value[name] : value);
  for (const [property, value] of Object.entries(given)) {
    if (isMap(value) && !(name in value)) continue;
    resolved.set(property, of(value));
  }
  // A source's own property wins: what a version says fills holes, and overrides nothing.
  for (const [property, value] of Object.entries(templates)) resolved.set(property, value);
  const property = "sha256" in given ? "sha256" : "integrity";
  if (property in given) integrity = parseIntegrity(of(given[property]));
  if (integrity !== undefined) {
    resolved.set("integrity", integrity.sri).set("integrity_algo", integrity.algorithm);
    resolved.set("integrity_sri", integrity.sri).set("integrity_hex_digest", integrity.hex);
    if (integrity.algorithm === "sha256") resolved.set("sha256", integrity.hex);
  }
  // Each property sees those before it filled in, and those after it as they were written.
  for (const [key, template] of Object.entries(templates)) {
    resolved.set(key, fillProperty(file, `sources.${name}.${key}`, version, template, resolved, mistakes));
  }
  const sha256 = integrity?.algorithm === "sha256" ? integrity.hex : undefined;
  const url = resolved.get("url");
  return {
    name,
    url: typeof url === "string" ? url : "",
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(integrity === undefined ? {} : { integrity: integrity.sri }),
    properties: resolved,
  };
}

function fillProperty(
  file: string,
  path: string,
  version: string,
  template: unknown,
  resolved: ReadonlyMap<string, unknown>,
  mistakes: Mistakes,
): unknown {
  const one = (value: unknown): string => {
    if (typeof value !== "string") throw new TemplateError("text");
    return fill(value, resolved);
  };
  try {
    if (Array.isArray(template)) return template.map(one);
    if (isMap(template)) return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, one(value)]));
    return one(template);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    mistakes.add(file, `${path} (for ${version})`, template, error.expected);
    return template;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

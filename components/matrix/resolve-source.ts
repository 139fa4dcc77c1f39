import { parseIntegrity } from "./integrity";
import { fill, TemplateError } from "./template";

/** Where one version's source comes from, templates filled in. */
export interface Source {
  readonly name: string;
  /** Addresses of the same bytes; one, unless `url` is a list. */
  readonly urls: readonly string[];
  /** Absent where the index names no digest, or one of another algorithm. */
  readonly sha256?: string;
  /** Subresource integrity; absent where the index names no digest. */
  readonly integrity?: string;
  /** Every property after substitution, in the order in which they may refer to one another. */
  readonly properties: ReadonlyMap<string, unknown>;
}

/** Properties by key, in the order written. */
export type Properties = readonly (readonly [string, unknown])[];

/** What one source of one version is made of. */
export interface SourceTemplates {
  /** What `{repo_name}` stands for. */
  readonly repository: string;
  readonly version: string;
  readonly source: string;
  /** Of the version: a map gives a value a source, anything else counts for all of them. */
  readonly given: Properties;
  /** Of the source: the only ones that are filled in. */
  readonly templates: Properties;
}

/**
 * Fills in a source's templates for one version, by the rules of Monogres' own index reader: each property sees those
 * before it filled in, and those after it as they were written.
 * @param onError is told of a property that cannot be filled in; it stays as it is
 */
export function resolveSource(given: SourceTemplates, onError: (key: string, error: TemplateError) => void): Source {
  const context = contextOf(given);
  for (const [key, template] of given.templates) {
    try {
      context.set(key, fillAll(template, context));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      onError(key, error);
    }
  }
  // Of both, Bazel is given the integrity.
  const integrity = parseIntegrity(context.get("integrity") ?? context.get("sha256"));
  const url = context.get("url");
  const urls = (Array.isArray(url) ? url : [url]).filter((each): each is string => typeof each === "string");
  return {
    name: given.source,
    urls,
    ...(integrity?.algorithm === "sha256" && { sha256: integrity.hex }),
    ...(integrity !== undefined && { integrity: integrity.sri }),
    properties: context,
  };
}

/** What templates may refer to, before any of them is filled in. */
function contextOf({ repository, version, source, given, templates }: SourceTemplates): Map<string, unknown> {
  const context = new Map<string, unknown>([
    ["repo_name", repository],
    ["version", version],
    ["source", source],
  ]);
  for (const [key, value] of given) {
    if (!isMap(value)) context.set(key, value);
    else if (source in value) context.set(key, value[source]);
  }
  // A source's own property wins: what a version says fills holes, and overrides nothing.
  for (const [key, template] of templates) context.set(key, template);
  const digest = given.some(([key]) => key === "sha256") ? "sha256" : "integrity";
  const value = given.find(([key]) => key === digest)?.[1];
  const integrity = parseIntegrity(isMap(value) ? value[source] : value);
  if (integrity === undefined) return context;
  const { sri, algorithm, hex } = integrity;
  const forms = { integrity: sri, integrity_algo: algorithm, integrity_sri: sri, integrity_hex_digest: hex };
  const all = Object.entries(algorithm === "sha256" ? { ...forms, sha256: hex } : forms);
  // They take the digest's place: what stands after it wins.
  return new Map([...context].flatMap(([key, its]) => (key === digest ? all : [[key, its] as const])));
}

/** Fills a text, every text of a list, or every value of a map; Bazel refuses all else. */
function fillAll(template: unknown, context: ReadonlyMap<string, unknown>): unknown {
  const one = (value: unknown): string => {
    if (typeof value !== "string") throw new TemplateError("", "text, or a list or map of texts");
    return fill(value, context);
  };
  if (Array.isArray(template)) return template.map(one);
  if (isMap(template)) return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, one(value)]));
  return one(template);
}

/** Whether a property gives a value a source. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

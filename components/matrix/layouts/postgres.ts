import { z } from "zod";

import { parseConstraint } from "../constraint";
import type { ContribModule, Extension, ExtensionVersion, Flavour, PostgresRelease } from "../matrix-index";
import type { Mistakes } from "../mistakes";
import { parseJson, reportShape } from "../json-file";
import type { Repository } from "../repo-json";
import { satisfies } from "../constraint";
import { compare, compareNatural, parse, VersionError } from "../version";

const names = z.array(z.string());
const postgresMetadata = z.looseObject({
  default_option_set: z.string().optional(),
  option_sets: z.record(z.string(), names).optional(),
  build_options: z.record(z.string(), z.looseObject({ compatible: z.string().optional() })).optional(),
  introspect: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
const contribJson = z
  .object({
    $comment: z.string().optional(),
    modules: z.record(z.string(), z.object({ postgres: z.string().optional(), requires: names.optional() }).strict()),
  })
  .strict();

/** Option sets of upstream's `build/postgres/build_options.bzl`: what they hold is Starlark, which is not read. */
export const MONOGRES_OPTION_SETS = ["barebones", "minimal", "regular", "full"] as const;

/** Reads a flavour of PostgreSQL from its `repo.json`. */
export function readFlavour(name: string, file: string, repository: Repository, mistakes: Mistakes): Flavour {
  const result = postgresMetadata.safeParse(repository.metadata);
  if (!result.success) {
    reportShape(file, { metadata: repository.metadata }, prefixed(result.error), mistakes);
    return { name, releases: [], extensionOptionSet: "full" };
  }
  const metadata = result.data;
  for (const [option, { compatible }] of Object.entries(metadata.build_options ?? {})) {
    checkConstraint(file, `metadata.build_options.${option}.compatible`, compatible, mistakes);
  }
  const versions = [...repository.versions.keys()].filter((version) => isVersion(file, version, mistakes));
  const sets = metadata.option_sets;
  const setNames = sets === undefined ? MONOGRES_OPTION_SETS : Object.keys(sets);
  const extensionOptionSet = metadata.default_option_set ?? "full";
  if (!setNames.some((set) => set === extensionOptionSet)) {
    mistakes.add(file, "metadata.default_option_set", extensionOptionSet, setNames.join(", "));
  }
  const releases = versions
    .sort((a, b) => compare(b, a))
    .map((version): PostgresRelease => {
      const enabled = (option: string) => fits(version, metadata.build_options?.[option]?.compatible ?? "*");
      const optionSets = setNames.map((set) => [set, sets?.[set]?.filter(enabled) ?? null] as const);
      return { version, sources: repository.versions.get(version) ?? [], optionSets: new Map(optionSets) };
    });
  return { name, releases, extensionOptionSet };
}

/**
 * Reads an extension from its `repo.json`, where `metadata.compatible_with` maps its versions to constraints.
 * @param fitting the constraints by flavour of one version
 */
export function readExtension(
  name: string,
  repository: Repository,
  fitting: (version: string) => ReadonlyMap<string, string>,
): Extension {
  const versions = [...repository.versions.entries()]
    .sort(([a], [b]) => compareNatural(b, a))
    .map(([version, sources]): ExtensionVersion => ({ version, sources, fits: fitting(version) }));
  return { name, versions };
}

/** `metadata.compatible_with` of the layouts that know PostgreSQL alone: a version that is absent fits everything. */
export function compatibleWith(
  file: string,
  repository: Repository,
  mistakes: Mistakes,
): (version: string) => ReadonlyMap<string, string> {
  const found = repository.metadata["compatible_with"];
  const result = z.record(z.string(), z.string()).optional().safeParse(found);
  if (!result.success) {
    reportShape(file, { metadata: { compatible_with: found } }, prefixed(result.error, "compatible_with"), mistakes);
  }
  const specs = result.data ?? {};
  for (const [version, spec] of Object.entries(specs)) {
    checkConstraint(file, `metadata.compatible_with.${version}`, spec, mistakes);
  }
  return (version) => new Map([["postgres", specs[version] ?? "*"]]);
}

/** Reads a `contrib.json`: the modules of PostgreSQL, with constraints and the options that they need. */
export function readContrib(file: string, text: string, mistakes: Mistakes): ContribModule[] {
  const json = parseJson(file, text, mistakes);
  if (json === undefined) return [];
  const result = contribJson.safeParse(json);
  if (!result.success) {
    reportShape(file, json, result.error, mistakes);
    return [];
  }
  return Object.entries(result.data.modules).map(([name, { postgres = "*", requires = [] }]) => {
    checkConstraint(file, `modules.${name}.postgres`, postgres, mistakes);
    return { name, fits: new Map([["postgres", postgres]]), requires, file };
  });
}

/** Notes a constraint that cannot be read. */
export function checkConstraint(file: string, path: string, spec: string | undefined, mistakes: Mistakes): void {
  if (spec === undefined) return;
  try {
    parseConstraint(spec);
  } catch (error) {
    if (!(error instanceof VersionError)) throw error;
    mistakes.add(file, path, spec, `at position ${error.position}: ${error.expected}`);
  }
}

/** `satisfies`, where a constraint that cannot be read (and was noted) fits nothing. */
function fits(version: string, spec: string): boolean {
  try {
    return satisfies(version, spec);
  } catch (error) {
    if (error instanceof VersionError) return false;
    throw error;
  }
}

function isVersion(file: string, version: string, mistakes: Mistakes): boolean {
  try {
    parse(version);
    return true;
  } catch (error) {
    if (!(error instanceof VersionError)) throw error;
    mistakes.add(file, `versions.${version}`, version, `at position ${error.position}: ${error.expected}`);
    return false;
  }
}

/** The same error, with paths that start at the root of the file. */
export function prefixed(error: z.ZodError, ...keys: string[]): z.ZodError {
  return new z.ZodError(error.issues.map((issue) => ({ ...issue, path: ["metadata", ...keys, ...issue.path] })));
}

import { z } from "zod";

import type { ContribModule, MatrixIndex } from "../matrix-index";
import type { Mistakes } from "../mistakes";
import { parseJson, reportShape } from "../json-file";
import { type Repository, readRepository } from "../repo-json";
import { compareNatural } from "../version";
import { catalogueLabels, hub } from "./catalogue-labels";
import { type IndexFiles, type Layout, matching } from "./layout";
import { checkConstraint, prefixed, readExtension, readFlavour } from "./postgres";

const specs = z.record(z.string(), z.record(z.string(), z.string()));
const buildtime = z.looseObject({ buildtime: z.record(z.string(), z.record(z.string(), z.unknown())) });
const contribRepository = z.looseObject({
  kind: z.literal("contrib").optional(),
  versions: z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))]),
});
const extensionsIndex = z
  .object({ version: z.literal(1), extensions: z.array(z.string()), contrib: z.array(z.string()) })
  .partial()
  .strict();

/** What a repository is, where it does not say. */
const DEFAULT_FLAVOUR = "postgres";

/** Says which extensions and contrib modules count. */
const EXTENSIONS_INDEX = "extensions/index.json";

/** Monogres' newer layout: flavours, extensions and contrib modules under `build/catalog`, a folder each. */
export const catalogue: Layout = {
  name: "catalogue",
  mark: "build/catalog/postgres/repo.json",
  roots: ["build/catalog/", "catalog/"],
  holds: (files, root) => matching(files, root, "*/repo.json").size > 0,
  patterns: ["*/repo.json", EXTENSIONS_INDEX, "extensions/*/repo.json", "extensions/contrib/*/repo.json"],
  read: (files, root, mistakes): MatrixIndex => {
    const metadata: Repository["metadata"][] = [];
    const folders = new Map<string, string>();
    const flavours = [...matching(files, root, "*/repo.json")].flatMap(([folder, { file, text }]) => {
      const repository = readRepository(`${hub(folder)}_src`, file, text, mistakes);
      if (repository === undefined) return [];
      const given = repository.metadata["flavor"] ?? DEFAULT_FLAVOUR;
      const flavour = typeof given === "string" ? given : folder;
      const other = folders.get(flavour);
      if (given !== flavour) mistakes.add(file, "metadata.flavor", given, "the flavour's name");
      if (other !== undefined) mistakes.add(file, "metadata.flavor", given, `another than ${other} has`);
      folders.set(flavour, file);
      metadata.push(repository.metadata);
      return [readFlavour(flavour, file, repository, mistakes)];
    });
    const listed = listedIn(files, root, mistakes);
    const extensions = listed("extensions", "extensions/*/repo.json").flatMap(([name, { file, text }]) => {
      const repository = readRepository(`${hub(DEFAULT_FLAVOUR)}_ext_src--${name}`, file, text, mistakes);
      return repository === undefined ? [] : [readExtension(name, repository, fitting(file, repository, mistakes))];
    });
    const contrib = listed("contrib", "extensions/contrib/*/repo.json").flatMap(([name, { file, text }]) =>
      readModule(name, file, text, mistakes),
    );
    const distributions = [...new Set(metadata.flatMap(distributionsOf))].sort(compareNatural);
    return { layout: "catalogue", flavours, extensions, contrib, fixed: [], distributions, labels: catalogueLabels };
  },
};

type Found = [string, { file: string; text: string }];

/** Files of the names that `extensions/index.json` lists; of all folders where there is no such file. */
function listedIn(
  files: IndexFiles,
  root: string,
  mistakes: Mistakes,
): (list: "extensions" | "contrib", pattern: string) => Found[] {
  const file = root + EXTENSIONS_INDEX;
  const text = files.get(file);
  if (text === undefined) return (_, pattern) => [...matching(files, root, pattern)];
  const json = parseJson(file, text, mistakes);
  const result = extensionsIndex.safeParse(json);
  if (!result.success && json !== undefined) reportShape(file, json, result.error, mistakes);
  return (list, pattern) => {
    const found = matching(files, root, pattern);
    const names = [...new Set(result.data?.[list] ?? [])].sort();
    return names.flatMap((name): Found[] => {
      const its = found.get(name);
      if (its === undefined) mistakes.add(file, list, name, `a folder that has ${root}${pattern.replace("*", name)}`);
      return its === undefined ? [] : [[name, its]];
    });
  };
}

/** `debian 12` of `deps.buildtime.debian.12`. */
function distributionsOf(metadata: Repository["metadata"]): string[] {
  const deps = buildtime.safeParse(metadata["deps"]);
  if (!deps.success) return [];
  return Object.entries(deps.data.buildtime).flatMap(([name, releases]) =>
    Object.keys(releases).map((release) => `${name} ${release}`),
  );
}

/** `{flavour: {version: spec}}`: an absent flavour or version does not fit; without the key everything does. */
function fitting(
  file: string,
  repository: Repository,
  mistakes: Mistakes,
): (version: string) => ReadonlyMap<string, string> {
  const found = repository.metadata["compatible_with"];
  if (found === undefined) return () => new Map([["*", "*"]]);
  const result = specs.safeParse(found);
  if (!result.success) {
    reportShape(file, { metadata: { compatible_with: found } }, prefixed(result.error, "compatible_with"), mistakes);
    return () => new Map();
  }
  for (const [flavour, versions] of Object.entries(result.data)) {
    for (const [version, spec] of Object.entries(versions)) {
      checkConstraint(file, `metadata.compatible_with.${flavour}.${version}`, spec, mistakes);
    }
  }
  return (version) =>
    new Map(
      Object.entries(result.data).flatMap(([flavour, versions]) => {
        const spec = versions[version];
        return spec === undefined ? [] : [[flavour, spec] as const];
      }),
    );
}

function readModule(name: string, file: string, text: string, mistakes: Mistakes): ContribModule[] {
  const json = parseJson(file, text, mistakes);
  if (json === undefined) return [];
  const result = contribRepository.safeParse(json);
  if (!result.success) {
    reportShape(file, json, result.error, mistakes);
    return [];
  }
  const { versions } = result.data;
  // A list is of the older form, which knows PostgreSQL alone.
  const fits = Array.isArray(versions) ? [[DEFAULT_FLAVOUR, versions] as const] : Object.entries(versions);
  return [{ name, fits: new Map(fits), requires: [], file }];
}

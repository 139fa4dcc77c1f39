import { z } from "zod";

import type { ContribModule, LabelFormat, MatrixIndex } from "../matrix-index";
import type { Mistakes } from "../mistakes";
import { parseJson, reportShape } from "../json-file";
import { type Repository, readRepository } from "../repo-json";
import { type Layout, matching } from "./layout";
import { checkConstraint, prefixed, readExtension, readFlavour } from "./postgres";

const specs = z.record(z.string(), z.record(z.string(), z.string()));
const buildtime = z.looseObject({ buildtime: z.record(z.string(), z.record(z.string(), z.unknown())) });
const contribRepository = z.looseObject({
  kind: z.literal("contrib"),
  version: z.literal(1),
  versions: z.record(z.string(), z.array(z.string())),
});

/** Repositories of the module extensions `pg` and `pg_ext`; other flavours have one of their own name. */
const labels: LabelFormat = {
  postgres: (flavour, version, optionSet) => `${repositoryOf(flavour)}//${version}/${optionSet}:tar`,
  introspection: () => undefined,
  extension: (extension, extensionVersion, flavour, version) =>
    `@${flavour === "postgres" ? "pg" : flavour}_ext//${extension}/${extensionVersion}/${version}:${version}`,
  contrib: (module, flavour, version) =>
    `@${flavour === "postgres" ? "pg" : flavour}_ext//contrib/${module}/${version}:tar`,
};

function repositoryOf(flavour: string): string {
  return flavour === "postgres" ? "@pg" : `@${flavour}`;
}

/** Monogres' newer layout: flavours, extensions and contrib modules under `build/catalog`, a folder each. */
export const catalogue: Layout = {
  name: "catalogue",
  mark: "build/catalog/postgres/repo.json",
  roots: ["build/catalog/", "catalog/"],
  holds: (files, root) => matching(files, root, "*/repo.json").size > 0,
  patterns: ["*/repo.json", "extensions/*/repo.json", "extensions/contrib/*/repo.json"],
  read: (files, root, mistakes): MatrixIndex => {
    const metadata: Repository["metadata"][] = [];
    const flavours = [...matching(files, root, "*/repo.json")].flatMap(([folder, { file, text }]) => {
      const repository = readRepository(folder, file, text, mistakes);
      const given = repository?.metadata["flavor"] ?? folder;
      const flavour = typeof given === "string" ? given : folder;
      if (given !== flavour) mistakes.add(file, "metadata.flavor", given, "the flavour's name");
      if (repository === undefined) return [];
      metadata.push(repository.metadata);
      return [readFlavour(flavour, file, repository, mistakes)];
    });
    const names = flavours.map(({ name }) => name);
    const extensions = [...matching(files, root, "extensions/*/repo.json")].flatMap(([name, { file, text }]) => {
      const repository = readRepository(name, file, text, mistakes);
      return repository === undefined
        ? []
        : [readExtension(name, repository, fitting(file, repository, names, mistakes))];
    });
    const contrib = [...matching(files, root, "extensions/contrib/*/repo.json")].flatMap(([name, { file, text }]) =>
      readModule(name, file, text, mistakes),
    );
    const distributions = [...new Set(metadata.flatMap(distributionsOf))].sort();
    return { layout: "catalogue", flavours, extensions, contrib, fixed: [], distributions, labels };
  },
};

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
  flavours: readonly string[],
  mistakes: Mistakes,
): (version: string) => ReadonlyMap<string, string> {
  const found = repository.metadata["compatible_with"];
  if (found === undefined) return () => new Map(flavours.map((flavour) => [flavour, "*"]));
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
  return [{ name, fits: new Map(Object.entries(result.data.versions)), requires: [], file }];
}

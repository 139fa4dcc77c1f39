import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { LabelFormat, MatrixIndex } from "../matrix-index";
import { readRepository } from "../repo-json";
import { type Layout, matching } from "./layout";
import { compatibleWith, readContrib, readExtension, readFlavour } from "./postgres";

/**
 * Contrib modules by version: Monogres derives them from Meson's introspection of the full build, which takes Bazel.
 * Where a checkout has no `extensions/contrib/contrib.json`, this file stands in.
 */
export const CONTRIB_FILE = "components/matrix/data/contrib-postgres.json";

const labels: LabelFormat = {
  postgres: (flavour, version, optionSet) => `//postgres:${flavour}~${version}~${optionSet}`,
  introspection: (flavour, version, optionSet) => `//postgres:${flavour}~${version}~${optionSet}--introspect`,
  extension: (extension, extensionVersion, flavour, version) =>
    `//extensions/${extension}:${extension}~${extensionVersion}~${flavour}~${version}`,
  contrib: (module, flavour, version) => `//extensions/contrib:${module}~${flavour}~${version}--tar`,
};

/** github.com/monogres/monogres at 38b0e40 (2025-12-08): the workspace is the folder `build`. */
export const monogres: Layout = {
  name: "monogres",
  mark: "build/postgres/repo.json",
  roots: ["build/", ""],
  holds: (files, root) => files.has(`${root}postgres/repo.json`),
  patterns: ["postgres/repo.json", "extensions/*/repo.json", "extensions/contrib/contrib.json"],
  read: (files, root, mistakes): MatrixIndex => {
    const file = `${root}postgres/repo.json`;
    const postgres = readRepository("pg_src", file, files.get(file) ?? "", mistakes);
    const extensions = [...matching(files, root, "extensions/*/repo.json")].flatMap(([name, { file, text }]) => {
      const repository = readRepository(`pgext_${name}`, file, text, mistakes);
      return repository === undefined
        ? []
        : [readExtension(name, repository, compatibleWith(file, repository, mistakes))];
    });
    const own = `${root}extensions/contrib/contrib.json`;
    const text = files.get(own);
    return {
      layout: "monogres",
      flavours: postgres === undefined ? [] : [readFlavour("postgres", file, postgres, mistakes)],
      extensions,
      contrib:
        text === undefined
          ? readContrib(CONTRIB_FILE, readFileSync(join(__dirname, "../data/contrib-postgres.json"), "utf8"), mistakes)
          : readContrib(own, text, mistakes),
      fixed: [],
      distributions: ["debian 12"],
      labels,
    };
  },
};

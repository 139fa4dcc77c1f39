import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { LabelFields, LabelFormat, MatrixIndex, Part } from "../matrix-index";
import { readRepository } from "../repo-json";
import { type Layout, matching } from "./layout";
import { compatibleWith, readContrib, readExtension, readFlavour } from "./postgres";

/**
 * Contrib modules by version: Monogres derives them from Meson's introspection of the full build, which takes Bazel.
 * Where a checkout has no `extensions/contrib/contrib.json`, this file stands in.
 */
export const CONTRIB_FILE = "components/matrix/data/contrib-postgres.json";

const postgres = ({ flavour, version, optionSet }: LabelFields) => `//postgres:${flavour}~${version}~${optionSet}`;
const contrib = ({ name, flavour, version }: LabelFields) => `//extensions/contrib:${name}~${flavour}~${version}`;

/** Debian packages have an alias each for every extension build, which stand in Starlark alone: not known here. */
const labels: LabelFormat = {
  postgres,
  introspection: (fields) => `${postgres(fields)}--introspect`,
  extension: ({ name, extensionVersion, flavour, version }) =>
    `//extensions/${name}:${name}~${extensionVersion}~${flavour}~${version}`,
  contrib: (fields) => `${contrib(fields)}--tar`,
  parts: {
    postgres: (fields, of) => [
      { part: "logs", label: `${postgres(fields)}--logs` },
      ...(of.version ? versionParts(`//postgres:${fields.flavour}~${fields.version}`, fields.version) : []),
      ...(of.flavour ? flavourParts(`//postgres:${fields.flavour}`) : []),
    ],
    introspection: (fields) => [{ part: "logs", label: `${postgres(fields)}--introspect--logs` }],
    extension: ({ name, extensionVersion }, of) => [
      ...(of.version ? [{ part: "source" as const, label: `@pgext_${name}//${extensionVersion}:dir` }] : []),
      ...(of.extension ? [{ part: "alias" as const, label: `//extensions/${name}:${name}` }] : []),
    ],
    contrib: (fields) =>
      ["files", "mtree-spec", "mtree"].map((rule) => ({ part: "files", label: `${contrib(fields)}--${rule}` })),
  },
};

function versionParts(label: string, version: string): Part[] {
  return [
    { part: "alias", label },
    { part: "toolchain", label: `${label}--toolchain` },
    { part: "source", label: `@pg_src//${version}` },
  ];
}

function flavourParts(label: string): Part[] {
  return [
    { part: "alias", label },
    { part: "logs", label: `${label}--logs` },
    { part: "toolchain", label: `${label}--toolchain` },
  ];
}

/** github.com/monogres/monogres at 38b0e40 (2025-12-08): the workspace is the folder `build`. */
export const monogres: Layout = {
  name: "monogres",
  mark: "build/postgres/repo.json",
  roots: ["build/", ""],
  holds: (files, root) => files.has(`${root}postgres/repo.json`),
  patterns: ["postgres/repo.json", "extensions/*/repo.json", "extensions/contrib/contrib.json"],
  read: (files, root, mistakes): MatrixIndex => {
    const file = `${root}postgres/repo.json`;
    const repository = readRepository("pg_src", file, files.get(file) ?? "", mistakes);
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
      flavours: repository === undefined ? [] : [readFlavour("postgres", file, repository, mistakes)],
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

import type { LabelFormat, MatrixIndex } from "../matrix-index";
import { readRepository } from "../repo-json";
import { type Layout, matching } from "./layout";
import { checkExtension, checkPostgres, checkSources } from "./example-rules";
import { compatibleWith, readContrib, readExtension, readFlavour } from "./postgres";

const CONTRIB = "extensions/contrib/contrib.json";

const labels: LabelFormat = {
  postgres: ({ flavour, version, optionSet }) => `//postgres:${flavour}~${version}~${optionSet}`,
  introspection: () => undefined,
  extension: ({ name, extensionVersion, flavour, version }) =>
    `//extensions/${name}:${name}~${extensionVersion}~${flavour}~${version}`,
  contrib: ({ name, flavour, version }) => `//extensions/contrib:${name}~${flavour}~${version}`,
  parts: {
    postgres: ({ flavour, version }, of) => [
      ...(of.version ? [{ part: "alias" as const, label: `//postgres:${flavour}~${version}` }] : []),
      ...(of.flavour ? [{ part: "alias" as const, label: `//postgres:${flavour}` }] : []),
    ],
    introspection: () => [],
    extension: ({ name, extensionVersion }, of) => [
      ...(of.version ? [{ part: "alias" as const, label: `//extensions/${name}:${name}~${extensionVersion}` }] : []),
      ...(of.extension ? [{ part: "alias" as const, label: `//extensions/${name}:${name}` }] : []),
    ],
    contrib: () => [],
  },
};

/** Checks of the farm itself in `smoke/BUILD.bazel`; all but the first are there for whoever names them. */
const fixed = [
  { label: "//smoke:hello", manual: false },
  { label: "//smoke:hello_output", manual: true },
  { label: "//smoke:sleep", manual: true },
  { label: "//smoke:parts", manual: true },
  { label: "//smoke:broken", manual: true },
];

/** `examples/postgres` of this repository: Monogres' formats, with option sets and contrib as data. */
export const example: Layout = {
  name: "example",
  mark: `postgres/repo.json and ${CONTRIB}`,
  roots: ["", "examples/postgres/"],
  holds: (files, root) => files.has(`${root}postgres/repo.json`) && files.has(root + CONTRIB),
  patterns: ["postgres/repo.json", "extensions/*/repo.json", CONTRIB],
  read: (files, root, mistakes): MatrixIndex => {
    const file = `${root}postgres/repo.json`;
    const postgres = readRepository("pg_src", file, files.get(file) ?? "", mistakes);
    if (postgres !== undefined) {
      checkSources(file, postgres, mistakes);
      checkPostgres(file, postgres, mistakes);
    }
    const extensions = [...matching(files, root, "extensions/*/repo.json")].flatMap(([name, { file, text }]) => {
      const repository = readRepository(`pgext_${name}`, file, text, mistakes);
      if (repository === undefined) return [];
      checkSources(file, repository, mistakes);
      checkExtension(file, repository, mistakes);
      return [readExtension(name, repository, compatibleWith(file, repository, mistakes))];
    });
    return {
      layout: "example",
      flavours: postgres === undefined ? [] : [readFlavour("postgres", file, postgres, mistakes)],
      extensions,
      contrib: readContrib(root + CONTRIB, files.get(root + CONTRIB) ?? "", mistakes),
      fixed,
      distributions: ["debian 12"],
      labels,
    };
  },
};

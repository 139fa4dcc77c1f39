import type { LabelFields, LabelFormat, Part } from "../matrix-index";

/** Names of the flavours' repositories, where they are not the flavours' own. */
const HUBS: Readonly<Record<string, string>> = { postgres: "pg", ivorysql: "ivory" };

/** Name of the repository that a flavour's targets are in, and the stem of those beside it. */
export const hub = (flavour: string): string => HUBS[flavour] ?? flavour;
const release = ({ flavour, version }: LabelFields) => `@${hub(flavour)}//${version}`;
const postgres = (fields: LabelFields) => `${release(fields)}/${fields.optionSet}`;
const contrib = ({ flavour, name, version }: LabelFields) => `@${hub(flavour)}_ext//contrib/${name}/${version}`;
const extension = ({ flavour, name, extensionVersion }: LabelFields) =>
  `@${hub(flavour)}_ext//${name}/${extensionVersion}`;

/**
 * Repositories of the module extension `monoext`. Each label also exists with the architecture as its last folder,
 * whatever the client's platform; a Job's architecture is its client's, so that they are not used.
 */
export const catalogueLabels: LabelFormat = {
  postgres: (fields) => `${postgres(fields)}:tar`,
  introspection: (fields) => `${postgres(fields)}:introspect`,
  extension: (fields) => `${extension(fields)}/${fields.version}:${fields.version}`,
  contrib: (fields) => `${contrib(fields)}:tar`,
  parts: {
    postgres: (fields, of) => [
      { part: "alias", label: `${postgres(fields)}:${fields.optionSet}` },
      { part: "files", label: `${postgres(fields)}:tar.dev` },
      { part: "files", label: `${postgres(fields)}:tar.test` },
      { part: "logs", label: `${postgres(fields)}:logs` },
      { part: "toolchain", label: `${postgres(fields)}:toolchain` },
      ...(of.version ? releaseParts(release(fields), fields.version) : []),
    ],
    introspection: () => [],
    extension: (fields, of) => (of.version ? sourceParts(extension(fields)) : []),
    contrib: (fields) => [{ part: "files", label: `${contrib(fields)}:files` }],
  },
};

function releaseParts(label: string, version: string): Part[] {
  return [
    { part: "alias", label: `${label}:${version}` },
    { part: "files", label: `${label}:tar.dev` },
    { part: "logs", label: `${label}:logs` },
    { part: "toolchain", label: `${label}:toolchain` },
    ...sourceParts(label),
  ];
}

function sourceParts(label: string): Part[] {
  return [
    { part: "source", label: `${label}:dir` },
    { part: "source", label: `${label}:files` },
  ];
}

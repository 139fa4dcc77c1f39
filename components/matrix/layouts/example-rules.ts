import { z } from "zod";

import { reportShape } from "../json-file";
import type { Mistakes } from "../mistakes";
import type { Repository } from "../repo-json";
import { satisfies } from "../constraint";
import { prefixed } from "./postgres";

/** What the example's Starlark reads: less of versions and constraints than `pgver` and `simple` have. */
const VERSION = /^\d+(\.\d+)*$/;
const CLAUSE = /^(=|==|>=)?\*$|^(==|!=|<=|>=|<|>|=)?\d+(\.\d+)*(\.\*)?$/;

const constraint = z
  .string()
  .refine((text) => text.split(",").every((clause) => CLAUSE.test(clause.trim().replace(/^([=!<>]+) +/, "$1"))), {
    error: "clauses of =, !=, <, <=, >, >= and a version of digits, or *, between commas",
  });
const flags = z.array(z.string());
const systems = z.strictObject({ autoconf: constraint, meson: constraint }).partial();
const postgresMetadata = z.looseObject({
  default_option_set: z.string(),
  option_sets: z.record(z.string(), z.array(z.string())),
  build_options: z.record(
    z.string(),
    z.strictObject({
      autoconf: flags,
      meson: flags,
      compatible: constraint.optional(),
      autoconf_default: constraint.optional(),
    }),
  ),
  build_systems: systems,
});
const extensionMetadata = z.looseObject({
  build_args: flags.optional(),
  compatible_with: z.record(z.string(), constraint).optional(),
});

/** Notes what Monogres' format allows and the example's rules would refuse only in a build. */
export function checkSources(file: string, repository: Repository, mistakes: Mistakes): void {
  for (const [version, sources] of repository.versions) {
    if (!VERSION.test(version)) {
      mistakes.add(file, `versions.${version}`, version, "digits separated by dots, such as 16.9");
    }
    for (const { name, sha256, integrity, properties } of sources) {
      if (sha256 === undefined) {
        const allowed = "64 hexadecimal digits: sources are stored by it";
        mistakes.add(file, `versions.${version}.sha256`, integrity, allowed);
      }
      if (typeof properties.get("type") !== "string") {
        mistakes.add(file, `sources.${name}.type`, properties.get("type"), "what to unpack, such as zip or tar.bz2");
      }
    }
  }
}

/** Notes what is wrong with the metadata of the example's PostgreSQL. */
export function checkPostgres(file: string, { metadata, versions }: Repository, mistakes: Mistakes): void {
  const result = postgresMetadata.safeParse(metadata);
  if (!result.success) {
    reportShape(file, { metadata }, prefixed(result.error), mistakes);
    return;
  }
  const { option_sets, build_options, build_systems } = result.data;
  for (const [set, options] of Object.entries(option_sets)) {
    for (const [index, option] of options.entries()) {
      if (Object.hasOwn(build_options, option)) continue;
      const path = `metadata.option_sets.${set}.${index}`;
      mistakes.add(file, path, option, `what metadata.build_options holds: ${Object.keys(build_options).join(", ")}`);
    }
  }
  for (const version of [...versions.keys()].filter((version) => VERSION.test(version))) {
    const found = Object.entries(build_systems).filter(([, spec]) => spec !== undefined && satisfies(version, spec));
    if (found.length === 1) continue;
    const names = found.map(([system]) => system);
    mistakes.add(file, `metadata.build_systems (for ${version})`, names, "exactly one of autoconf and meson");
  }
}

/** Notes what is wrong with the metadata of one of the example's extensions. */
export function checkExtension(file: string, { metadata }: Repository, mistakes: Mistakes): void {
  const result = extensionMetadata.safeParse(metadata);
  if (!result.success) reportShape(file, { metadata }, prefixed(result.error), mistakes);
}

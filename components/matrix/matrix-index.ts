import type { Source } from "./resolve-source";

/** One release of a flavour of PostgreSQL. */
export interface PostgresRelease {
  /** A `pgver` version. */
  readonly version: string;
  readonly sources: readonly Source[];
  /** Build options by option set; null where the index does not tell what a set holds. */
  readonly optionSets: ReadonlyMap<string, readonly string[] | null>;
}

/** PostgreSQL, or a fork of it that is built in the same ways. */
export interface Flavour {
  readonly name: string;
  /** Newest first, by number. */
  readonly releases: readonly PostgresRelease[];
  /** What extensions and contrib are built against. */
  readonly extensionOptionSet: string;
}

/** One version of an extension. */
export interface ExtensionVersion {
  readonly version: string;
  readonly sources: readonly Source[];
  /** Constraint on PostgreSQL by flavour; `*` stands for every flavour that is not named, and without it none is. */
  readonly fits: ReadonlyMap<string, string>;
}

/** What an extension's version asks of a flavour; undefined where it is not built against it. */
export function constraintOn({ fits }: ExtensionVersion, flavour: string): string | undefined {
  return fits.get(flavour) ?? fits.get("*");
}

/** An extension that is built from its own source. */
export interface Extension {
  readonly name: string;
  /** Newest first, by number. */
  readonly versions: readonly ExtensionVersion[];
}

/** A module that comes with PostgreSQL and is cut from its build. */
export interface ContribModule {
  readonly name: string;
  /** Constraint on PostgreSQL, or the very versions, by flavour. */
  readonly fits: ReadonlyMap<string, string | readonly string[]>;
  /** Build options that the module needs. */
  readonly requires: readonly string[];
  /** File that says so. */
  readonly file: string;
}

/** A target that no index derives: a check of the farm itself. */
export interface FixedTarget {
  readonly label: string;
  /** True where only its exact label selects it. */
  readonly manual: boolean;
}

/** What comes with a target: no artifact of its own, and built only by whoever names it. */
export type PartKind = "logs" | "toolchain" | "files" | "alias" | "source";

/** The label of a part. */
export interface Part {
  readonly part: PartKind;
  readonly label: string;
}

/** What a label is made of; empty where it does not apply. */
export interface LabelFields {
  readonly flavour: string;
  /** PostgreSQL's version. */
  readonly version: string;
  readonly optionSet: string;
  /** Extension or contrib module. */
  readonly name: string;
  readonly extensionVersion: string;
}

/** How a layout names its targets, and what comes with them. */
export interface LabelFormat {
  postgres(fields: LabelFields): string;
  /** Configures only; undefined where a layout has none. */
  introspection(fields: LabelFields): string | undefined;
  extension(fields: LabelFields): string;
  contrib(fields: LabelFields): string;
  readonly parts: {
    /** Of a build, of its version where the option set is the extensions', and of the flavour where it is the default. */
    postgres(fields: LabelFields, of: { readonly version: boolean; readonly flavour: boolean }): Part[];
    introspection(fields: LabelFields): Part[];
    /** Of a build, of its version where it is that version's first, and of the extension where it is the default. */
    extension(fields: LabelFields, of: { readonly version: boolean; readonly extension: boolean }): Part[];
    contrib(fields: LabelFields): Part[];
  };
}

/** What a checkout says can be built, whatever its layout. */
export interface MatrixIndex {
  /** Name of the layout it was read from. */
  readonly layout: string;
  readonly flavours: readonly Flavour[];
  readonly extensions: readonly Extension[];
  readonly contrib: readonly ContribModule[];
  readonly fixed: readonly FixedTarget[];
  /**
   * Distributions (each a glibc) that the index has dependencies for, such as `debian 12`. No label names them: the
   * worker image decides, so that a release is for one of them.
   */
  readonly distributions: readonly string[];
  readonly labels: LabelFormat;
}

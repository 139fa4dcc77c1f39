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
  /** Constraint on PostgreSQL by flavour; a flavour that is absent does not fit. */
  readonly fits: ReadonlyMap<string, string>;
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

/** How a layout names its targets. */
export interface LabelFormat {
  postgres(flavour: string, version: string, optionSet: string): string;
  introspection(flavour: string, version: string, optionSet: string): string | undefined;
  extension(extension: string, extensionVersion: string, flavour: string, version: string): string;
  contrib(module: string, flavour: string, version: string): string;
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

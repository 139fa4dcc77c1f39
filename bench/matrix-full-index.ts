import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { ASSUMED_COSTS, type CostAssumptions } from "../components/matrix/cost";

/** How large a generated matrix is. */
export interface MatrixSize {
  /** Minors by major version. */
  readonly minors: Readonly<Record<string, number>>;
  readonly optionSets: readonly string[];
  readonly extensions: number;
  readonly versions: number;
}

/**
 * The matrix of the design: 60 major.minor versions × (5 option sets + 1,000 extensions × 10 versions) = 600,300 labels,
 * 1,200,600 targets on two architectures. Minors: five years of quarterly releases, one major a year, each kept.
 */
export const FULL_MATRIX: MatrixSize = {
  minors: { "18": 4, "17": 8, "16": 12, "15": 16, "14": 20 },
  optionSets: ["barebones", "minimal", "regular", "full", "debug"],
  extensions: 1000,
  versions: 10,
};

/** Shares of extensions by CPU-seconds: mostly one small C file, some C++, a few Rust or PostGIS-like. An estimate. */
const CPU_SECONDS = [
  { share: 0.8, seconds: 20 },
  { share: 0.15, seconds: 120 },
  { share: 0.05, seconds: 900 },
] as const;

/** Index files of a matrix in Monogres' layout, by path; the same bytes every time. */
export function matrixFiles(size: MatrixSize): Map<string, string> {
  const postgres = Object.entries(size.minors).flatMap(([major, count]) =>
    Array.from({ length: count }, (_, minor) => `${major}.${minor}`),
  );
  const files = new Map<string, string>();
  const metadata = {
    default_option_set: "full",
    option_sets: Object.fromEntries(size.optionSets.map((set) => [set, []])),
  };
  files.set("build/postgres/repo.json", repoJson("postgres", postgres, metadata));
  files.set("build/extensions/contrib/contrib.json", JSON.stringify({ modules: {} }));
  for (const name of extensionNames(size)) {
    const versions = Array.from({ length: size.versions }, (_, i) => `1.${i}.0`);
    files.set(`build/extensions/${name}/repo.json`, repoJson(name, versions, {}));
  }
  return files;
}

/** Writes a matrix' files under a directory. */
export function writeMatrix(directory: string, size: MatrixSize): void {
  for (const [file, text] of matrixFiles(size)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
}

/** Costs of the generated extensions: every share of `CPU_SECONDS`, spread over the names. */
export function matrixCosts(size: MatrixSize): CostAssumptions {
  const extension: Record<string, number> = { "*": 20 };
  for (const [i, name] of extensionNames(size).entries()) {
    // 0.618…: neighbours land far apart, and any run of names holds the shares almost exactly.
    let place = (i * 0.6180339887498949) % 1;
    for (const { share, seconds } of CPU_SECONDS) {
      extension[name] = seconds;
      place -= share;
      if (place < 0) break;
    }
  }
  return { ...ASSUMED_COSTS, extension };
}

function extensionNames({ extensions }: MatrixSize): string[] {
  return Array.from({ length: extensions }, (_, i) => `extension_${String(i).padStart(4, "0")}`);
}

function repoJson(name: string, versions: readonly string[], metadata: Record<string, unknown>): string {
  const digest = (version: string) => createHash("sha256").update(`${name} ${version}`).digest("hex");
  return JSON.stringify({
    version: 1,
    sources: {
      gh: { tag: "v{version}", url: `https://example.org/${name}/{tag}.tar.gz`, strip_prefix: `${name}-{version}` },
    },
    versions: Object.fromEntries(versions.map((version) => [version, { sha256: digest(version) }])),
    metadata,
  });
}

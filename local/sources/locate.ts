import type { MatrixIndex } from "../../components/matrix/matrix-index";

/** A source archive of an index. */
export interface SourceArchive {
  readonly sha256: string;
  /** Every place that has it, in order of preference: `gomod://`, `apt://` or `https://`. */
  readonly urls: readonly string[];
  /** Where the index says so, for errors: `postgres 16.9`. */
  readonly where: string;
}

/** Source archives of an index by sha256; those without a digest cannot be trusted and are left out. */
export function sourceArchives(index: MatrixIndex): Map<string, SourceArchive> {
  const archives = new Map<string, SourceArchive>();
  const versions = [
    ...index.flavours.flatMap(({ name, releases }) => releases.map((release) => ({ name, ...release }))),
    ...index.extensions.flatMap(({ name, versions }) => versions.map((version) => ({ name, ...version }))),
  ];
  for (const { name, version, sources } of versions) {
    for (const { sha256, url } of sources) {
      if (sha256 === undefined) continue;
      const known = archives.get(sha256);
      archives.set(sha256, {
        sha256,
        urls: [...(known?.urls ?? []), url],
        where: known?.where ?? `${name} ${version}`,
      });
    }
  }
  return archives;
}

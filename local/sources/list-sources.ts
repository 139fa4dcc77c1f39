import type { MatrixIndex } from "../../components/matrix/matrix-index";
import type { Source } from "../../components/matrix/resolve-source";
import type { ReleasePlan } from "../../components/matrix/plan";

/** A source archive that a release needs. */
export interface WantedSource {
  /** Where a reader would change it, `postgres/repo.json: versions.16.9`. */
  readonly where: string;
  /** Addresses in order of preference; whichever answers must give the very same bytes. */
  readonly urls: readonly string[];
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The source archives that a plan's shards need, in the order of the index. */
export function sourcesOf(index: MatrixIndex, plan: ReleasePlan): WantedSource[] {
  const needed = new Set(plan.jobs.flatMap(({ shards }) => shards.flatMap(({ sources }) => sources)));
  return listSources(index).filter(({ sha256 }) => needed.has(sha256));
}

/** Every source archive of an index that has a sha256, each once. */
export function listSources(index: MatrixIndex): WantedSource[] {
  const wanted = new Map<string, WantedSource>();
  const add = (file: string, version: string, sources: readonly Source[]) => {
    for (const { sha256, urls } of sources) {
      if (sha256 === undefined) continue;
      const known = wanted.get(sha256) ?? { where: `${file}: versions.${version}`, urls: [], sha256 };
      wanted.set(sha256, { ...known, urls: [...new Set([...known.urls, ...urls])] });
    }
  };
  for (const flavour of index.flavours) {
    for (const { version, sources } of flavour.releases) add(`${flavour.name}/repo.json`, version, sources);
  }
  for (const extension of index.extensions) {
    for (const { version, sources } of extension.versions) {
      add(`extensions/${extension.name}/repo.json`, version, sources);
    }
  }
  return [...wanted.values()];
}

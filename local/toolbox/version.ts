/** Versions from `from` on, up to and without `below`: `{ from: "1.6", below: "3" }` takes 1.6.0 and 2.4.1. */
export interface VersionRange {
  readonly from: string;
  readonly below: string;
}

/** The first dotted number of a text such as `Kubernetes v1.37.2` or `etcd Version: 3.7.3`; undefined when it has none. */
export function versionIn(text: string): string | undefined {
  return /\d+(\.\d+)+/.exec(text)?.[0];
}

/** Whether a dotted version lies in a range; parts that are missing count as 0. */
export function accepts(range: VersionRange, version: string): boolean {
  return compareVersions(version, range.from) >= 0 && compareVersions(version, range.below) < 0;
}

/** Negative when `a` is the older version, positive when it is the newer, 0 when they are equal. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

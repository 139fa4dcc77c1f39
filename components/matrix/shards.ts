import { fraction, hash32, score } from "./stable-hash";

/** Something to put into a shard. */
export interface Item {
  readonly label: string;
  /** What it costs, in any unit, whole: sums of fractions would depend on the order of the items. */
  readonly weight: number;
  /** Items of one group want the same shard: `FAMILY/GROUP`, where groups of a family may be merged when small. */
  readonly group: string;
  readonly family: string;
}

/** Items that one client builds. */
export interface Shard<T extends Item> {
  /** Names the shard across releases: what it holds may change, the rest of the shards do not care. */
  readonly key: string;
  readonly items: readonly T[];
  readonly weight: number;
}

/** A group gets shards of its own from here on; smaller ones share with their family, small families with all. */
const LEAST_SHARDS_OF_ITS_OWN = 12;

/** How far a shard may exceed what is wanted of it, unless a single item does. */
const BOUND = 1.17;

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Cuts items into shards of about `target` weight. Pure: the order of the items does not matter.
 *
 * Items go to the shard of highest score (rendezvous hashing), so that a new item moves no other, and a new shard
 * takes its share from all evenly; where a shard is full (1.17 × `target`), the next best takes the item. The number of
 * shards of a group is its weight over `target`, rounded at a point of the group's own, so that groups that grow
 * alike do not all gain a shard at once. O(items × shards of a group).
 */
export function cutShards<T extends Item>(items: readonly T[], target: number): Shard<T>[] {
  return bundles(items, target).flatMap(([key, members]) => cutBundle(key, members, target));
}

/** Groups that are heavy enough, then families of the rest, then all that is left. */
function bundles<T extends Item>(items: readonly T[], target: number): [string, T[]][] {
  const least = LEAST_SHARDS_OF_ITS_OWN * target;
  const [groups, smallGroups] = separate(items, (item) => item.group, least);
  const [families, rest] = separate(smallGroups, (item) => item.family, least);
  const all = [...groups, ...families, ...(rest.length > 0 ? [["*", rest] as [string, T[]]] : [])];
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Items by key where a key's weight reaches `least`; then all others. */
function separate<T extends Item>(
  items: readonly T[],
  keyOf: (item: T) => string,
  least: number,
): [[string, T[]][], T[]] {
  const byKey = new Map<string, T[]>();
  for (const item of items) {
    const known = byKey.get(keyOf(item));
    if (known === undefined) byKey.set(keyOf(item), [item]);
    else known.push(item);
  }
  const entries = [...byKey];
  const heavy = entries.filter(([, members]) => weightOf(members) >= least);
  return [heavy, entries.filter(([, members]) => weightOf(members) < least).flatMap(([, members]) => members)];
}

function cutBundle<T extends Item>(key: string, items: readonly T[], target: number): Shard<T>[] {
  const total = weightOf(items);
  const wanted = total / target;
  const few = wanted < LEAST_SHARDS_OF_ITS_OWN;
  const count = Math.max(1, few ? Math.ceil(wanted) : Math.floor(wanted + roundingPoint(key)));
  const mean = total / count;
  const limit = Math.max(BOUND * Math.min(mean, target), 1.04 * mean);
  const shards = Array.from({ length: count }, (): Filling<T> => ({ items: [], weight: 0 }));
  for (const atom of atoms(key, items, limit)) place(atom, shards, limit);
  return shards
    .map(({ items: held, weight }, i) => ({ key: `${key}#${i}`, items: held.sort(byLabel), weight }))
    .filter((shard) => shard.items.length > 0);
}

/**
 * Where a bundle's number of shards is rounded up, 0 to 1: spread evenly over neighbouring versions (16.1, 16.2, …) by
 * multiples of the golden ratio, since chance would let many of them gain a shard at once.
 */
function roundingPoint(key: string): number {
  const numbers = key.match(/\d+/g) ?? [];
  const shift = numbers.reduce((sum, digits, i) => sum + Number(digits) * (i % 2 === 0 ? GOLDEN : Math.SQRT2), 0);
  return (fraction(hash32(key.replace(/\d+/g, ""))) + shift) % 1;
}

/** What is placed as a whole: a group that is small beside a shard, else each item on its own. */
interface Atom<T extends Item> {
  readonly hash: number;
  readonly name: string;
  readonly items: readonly T[];
  readonly weight: number;
}

function atoms<T extends Item>(key: string, items: readonly T[], limit: number): Atom<T>[] {
  const [large, small] = separate(items, (item) => item.group, limit / 8);
  const byGroup = new Map<string, T[]>();
  for (const item of small) byGroup.set(item.group, [...(byGroup.get(item.group) ?? []), item]);
  const whole = [...byGroup].map(([group, members]) => atom(`${key} ${group}`, members));
  const single = large.flatMap(([, members]) => members.map((item) => atom(item.label, [item])));
  // Heaviest first, since what is light fits into any gap; then by hash, which no other item has a say in.
  return [...whole, ...single].sort((a, b) => b.weight - a.weight || a.hash - b.hash || (a.name < b.name ? -1 : 1));
}

function atom<T extends Item>(name: string, items: readonly T[]): Atom<T> {
  return { hash: hash32(name), name, items, weight: weightOf(items) };
}

/** A shard that is being filled. */
interface Filling<T extends Item> {
  readonly items: T[];
  weight: number;
}

function place<T extends Item>(atom: Atom<T>, shards: readonly Filling<T>[], limit: number): void {
  let best: Filling<T> | undefined;
  let bestScore = -1;
  let lightest: Filling<T> | undefined;
  for (let i = 0; i < shards.length; i++) {
    const shard = shards[i];
    if (shard === undefined) continue;
    if (lightest === undefined || shard.weight < lightest.weight) lightest = shard;
    if (shard.weight + atom.weight > limit) continue;
    const candidate = score(atom.hash, i);
    if (candidate > bestScore) [best, bestScore] = [shard, candidate];
  }
  const shard = best ?? lightest;
  if (shard === undefined) return;
  for (const item of atom.items) shard.items.push(item);
  shard.weight += atom.weight;
}

function weightOf(items: readonly Item[]): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
}

function byLabel(a: Item, b: Item): number {
  return a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
}

import { createHash } from "node:crypto";

import type { WorkerClass } from "../buildbarn/worker-class";
import { CLASS_SIZES, type Cost, type CostClass, costClass, type CostModel } from "./cost";
import type { ShardPlan, Stage, WorkerDemand } from "./plan";
import { cutShards, type Item } from "./shards";
import type { Target } from "./targets";

/** Shards weigh milliseconds, whole ones: their sums do not depend on the order of the targets. */
const MILLISECONDS = 1000;

interface Weighed extends Item {
  readonly target: Target;
  readonly cost: Cost;
}

/** The shards of one stage and cost class. */
export interface ShardList {
  readonly stage: Stage;
  readonly costClass: CostClass;
  readonly shards: readonly ShardPlan[];
  readonly demand: readonly WorkerDemand[];
  /** sha256 of the shards: of their keys, labels and sources, in order. */
  readonly digest: string;
}

/** How targets are cut. */
export interface ShardSizes {
  readonly cost: CostModel;
  /** CPU-seconds of a shard. */
  readonly shardCpuSeconds: number;
  /** Most targets of a shard. */
  readonly shardTargets: number;
}

/** Shards by stage and cost class: the same for every architecture, since labels and costs are. */
export function shardLists(targets: readonly Target[], sizes: ShardSizes): ShardList[] {
  const { cost, shardCpuSeconds, shardTargets } = sizes;
  // Each target weighs at least its share of the most that a client can analyse.
  const least = shardCpuSeconds / shardTargets;
  const lists = new Map<string, { stage: Stage; costClass: CostClass; items: Weighed[] }>();
  let total = 0;
  for (const target of targets) {
    const estimate = cost(target);
    const { group } = target;
    const weight = Math.round(Math.max(estimate.cpuSeconds, least) * MILLISECONDS);
    total += weight;
    const family = `${group.flavour}~${group.version.split(/\D/, 1)[0] ?? ""}`;
    const [stage, itsClass] = [stageOf(target), costClass(estimate)];
    const key = `${stage} ${itsClass}`;
    const item = { label: target.label, weight, group: group.key, family, target, cost: estimate };
    const list = lists.get(key);
    if (list === undefined) lists.set(key, { stage, costClass: itsClass, items: [item] });
    else list.items.push(item);
  }
  // What fits into one client needs no second one.
  const all = [...lists.values()];
  const single = total <= shardCpuSeconds * MILLISECONDS && targets.every(({ kind }) => kind !== "introspection");
  const stages = single
    ? [{ stage: "all" as const, costClass: heaviest(all), items: all.flatMap(({ items }) => items) }]
    : all.sort((a, b) => (`${a.stage} ${a.costClass}` < `${b.stage} ${b.costClass}` ? -1 : 1));
  return stages.map(({ stage, costClass, items }) => {
    const cut = cutShards(items, shardCpuSeconds * MILLISECONDS);
    const shards = cut.map(({ key, items }) => shardPlan(key, items));
    return {
      stage,
      costClass,
      shards,
      demand: demandOf(cut.flatMap((shard) => shard.items)),
      digest: digestOf(shards),
    };
  });
}

/** Adds up what targets want of workers; the order of the items decides the last digits of the sums. */
function demandOf(items: readonly Weighed[]): WorkerDemand[] {
  const classes = new Map<WorkerClass, number>();
  for (const { cost } of items) classes.set(cost.workerClass, (classes.get(cost.workerClass) ?? 0) + cost.cpuSeconds);
  return [...classes]
    .map(([workerClass, cpuSeconds]) => ({ workerClass, ...CLASS_SIZES[workerClass], cpuSeconds }))
    .sort((a, b) => b.cores - a.cores);
}

function heaviest(lists: readonly { costClass: CostClass }[]): CostClass {
  return lists.some(({ costClass }) => costClass === "heavy") ? "heavy" : "standard";
}

function stageOf({ kind }: Target): Stage {
  if (kind === "introspection") return "introspection";
  return kind === "extension" ? "extensions" : "postgres";
}

function shardPlan(key: string, items: readonly Weighed[]): ShardPlan {
  const sources = new Set<string>();
  let cpuSeconds = 0;
  for (const { target, cost } of items) {
    for (const digest of target.sources) sources.add(digest);
    for (const digest of target.group.sources) sources.add(digest);
    cpuSeconds += cost.cpuSeconds;
  }
  return { key, labels: items.map(({ label }) => label), sources: [...sources].sort(), cpuSeconds };
}

function digestOf(shards: readonly ShardPlan[]): string {
  const hash = createHash("sha256");
  for (const { key, labels, sources } of shards) hash.update(`${key}\n${labels.join("\n")}\n${sources.join("\n")}\n\n`);
  return hash.digest("hex");
}

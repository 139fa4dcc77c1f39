import { availableParallelism, loadavg } from "node:os";

import type { Progress } from "../../local/terminal/progress";
import type { BenchTools, Tools } from "../../local/toolbox/toolbox";
import { type Settings, SimulatedCluster } from "./cluster";
import { BAD_DAY, type IndexFaults, indexFaults, NO_FAULTS } from "./faults";
import { firstNodes, makeNodes } from "./nodes";
import { runPlainPods } from "./plain-pods";
import { planReleases, type SimulatedRelease } from "./releases";
import type { Results, Step } from "./report";
import { runRelease } from "./run-release";
import { kwokConfig } from "./stages";

/** What is asked of a release day. */
export interface ReleaseDay {
  /** Leaves out the world, and what it is compared with. */
  readonly short: boolean;
  /** Decides what goes wrong, and when. */
  readonly seed: string;
  readonly settings: Settings;
  /** @default the planner's */
  readonly shardCpuSeconds?: number;
}

/** Runs one step after the other, each on a control plane that starts anew with an empty etcd. */
export async function releaseDay(tools: Tools & BenchTools, day: ReleaseDay, progress: Progress): Promise<Results> {
  const [load = 0] = loadavg();
  const { quarter, world } = await progress.task("Plan a quarter and the world", 20, () =>
    Promise.resolve(planReleases(day.shardCpuSeconds)),
  );
  const cluster = new SimulatedCluster(tools);
  const fresh = async (settings: Settings | undefined, faults: IndexFaults) => {
    await progress.task("Start a control plane and simulated nodes", 15, async () => {
      await cluster.start(settings, kwokConfig(faults));
      await makeNodes(firstNodes());
    });
  };
  const plain = async (name: string, placed: boolean): Promise<Step> => {
    await fresh(day.settings, NO_FAULTS);
    const count = day.short ? 1000 : 3000;
    return progress.task(name, count / 50, async (report) => ({
      name,
      kind: "plain",
      outcome: await runPlainPods(cluster, quarter, count, placed, report),
    }));
  };
  const calm = async (name: string, settings: Settings | undefined): Promise<Step> => {
    await fresh(settings, NO_FAULTS);
    return progress.task(name, 60, async (report) => ({
      name,
      kind: "release",
      outcome: await runRelease(cluster, quarter, "calm", NO_FAULTS, undefined, report),
    }));
  };
  const bad = async (name: string, release: SimulatedRelease, namespace: string): Promise<Step> => {
    const faults = indexFaults(namespace, release.jobs, BAD_DAY, day.seed);
    const trouble = { rates: BAD_DAY, seed: day.seed };
    await fresh(day.settings, faults);
    return progress.task(name, 100 + release.indexes / 25, async (report) => ({
      name,
      kind: "release",
      outcome: await runRelease(cluster, release, namespace, faults, trouble, report),
    }));
  };

  const steps = [await plain("KWOK alone: plain pods, placed by hand", true)];
  steps.push(await plain("plain pods through the scheduler", false));
  if (!day.short) steps.push(await calm("a quarter, settings of the local farm", undefined));
  steps.push(await calm("a quarter", day.settings));
  steps.push(await bad("a quarter on a bad day", quarter, "quarter"));
  if (!day.short) steps.push(await bad("the world on a bad day", world, "world"));
  await cluster.stop();
  return { simulated: true, seed: day.seed, settings: day.settings, cores: availableParallelism(), load, steps };
}

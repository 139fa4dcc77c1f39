import { setTimeout as sleep } from "node:timers/promises";

import { within } from "../../local/node/supervise";
import type { Report } from "../../local/terminal/progress";
import { type Account, account, longestPause, median, parseIndexes, type Progressed, sustainedRate } from "./account";
import { badDay, type Kill, type Storm, type Trouble } from "./chaos";
import { request, requestOnce, type SimulatedCluster } from "./cluster";
import type { IndexFaults } from "./faults";
import { type Observed, observed } from "./observe";
import type { SimulatedRelease } from "./releases";
import type { Witness } from "./witness";

/** What a release came to. */
export interface ReleaseOutcome extends Observed {
  readonly indexes: number;
  readonly targets: number;
  readonly jobs: number;
  readonly kills: readonly Kill[];
  /** From the first Job made to the last that ended. */
  readonly seconds: number;
  /** Indexes that ended a second, of the middle eight tenths. */
  readonly rate: number;
  /** Seconds of the longest time in which no index ended. */
  readonly longestPause: number;
  readonly account: Account;
  readonly storm: StormOutcome | undefined;
}

/** What a spot storm took, and how long its pods held up their indexes. */
export interface StormOutcome {
  readonly nodes: number;
  readonly evicted: number;
  readonly orphaned: number;
  /** Median seconds from the storm until the pod counted as ended, so that another could take its index. */
  readonly evictedSeconds: number;
  readonly orphanedSeconds: number;
}

/** Seconds without any change of the Jobs after which what is missing counts as lost. */
const STALLED_SECONDS = 300;

/** Seconds that the stream of pods may lag behind the Jobs. */
const LAG_SECONDS = 20;

interface JobStatus {
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

type Statuses = ReadonlyMap<string, JobStatus>;

/**
 * Runs the Jobs of a release until each has ended, or nothing moves any more.
 * @param namespace that is made for them
 * @param trouble what goes wrong with the cluster meanwhile; undefined: nothing
 */
export function runRelease(
  cluster: SimulatedCluster,
  release: SimulatedRelease,
  namespace: string,
  faults: IndexFaults,
  trouble: Trouble | undefined,
  report: Report,
): Promise<ReleaseOutcome> {
  return observed(cluster, namespace, async (witness) => {
    const progress: Progressed[] = [{ at: Date.now(), done: 0 }];
    await declareJobs(release, namespace);
    const { result, kills, storm } = await badDay(cluster, trouble, (progressed) =>
      untilEnded(release, namespace, (done) => {
        progress.push({ at: Date.now(), done });
        report.fraction(done / release.indexes);
        progressed(done / release.indexes);
      }),
    );
    return {
      indexes: release.indexes,
      targets: release.targets,
      jobs: release.jobs.length,
      kills,
      seconds: ((progress.at(-1)?.at ?? 0) - (progress[0]?.at ?? 0)) / 1000,
      rate: sustainedRate(progress),
      longestPause: longestPause(progress),
      account: await settled(release, namespace, result, faults, witness),
      storm: storm && stormOutcome(storm, witness),
    };
  });
}

function stormOutcome({ at, nodes, evicted, orphaned }: Storm, { endedAt }: Witness): StormOutcome {
  const held = (pods: readonly string[]) => median(pods.map((uid) => ((endedAt.get(uid) ?? Infinity) - at) / 1000));
  return {
    nodes,
    evicted: evicted.length,
    orphaned: orphaned.length,
    evictedSeconds: held(evicted),
    orphanedSeconds: held(orphaned),
  };
}

async function declareJobs({ jobs }: SimulatedRelease, namespace: string): Promise<void> {
  for (const { name, labels, spec } of jobs) {
    const metadata = { name, namespace, labels };
    const body = { apiVersion: "batch/v1", kind: "Job", metadata, spec };
    await requestOnce("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, body);
  }
}

async function untilEnded(
  release: SimulatedRelease,
  namespace: string,
  progressed: (done: number) => void,
): Promise<Statuses> {
  let [before, since] = ["", Date.now()];
  for (;;) {
    const statuses = await jobStatuses(namespace);
    const all = [...statuses.values()];
    const done = all.reduce((sum, status) => sum + endedIndexes(status), 0);
    progressed(done);
    if (all.filter(hasEnded).length === release.jobs.length) return statuses;
    const now = JSON.stringify(all);
    if (now !== before) [before, since] = [now, Date.now()];
    if (Date.now() - since > STALLED_SECONDS * 1000) return statuses;
    await sleep(1000);
  }
}

async function jobStatuses(namespace: string): Promise<Statuses> {
  type Jobs = {
    readonly items: readonly { readonly metadata: { readonly name: string }; readonly status?: JobStatus }[];
  };
  const { items } = await request<Jobs>("GET", `/apis/batch/v1/namespaces/${namespace}/jobs`);
  return new Map(items.map(({ metadata, status }) => [metadata.name, status ?? {}]));
}

function endedIndexes({ completedIndexes = "", failedIndexes = "" }: JobStatus): number {
  return parseIndexes(completedIndexes).size + parseIndexes(failedIndexes).size;
}

function hasEnded({ conditions }: JobStatus): boolean {
  return conditions?.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True") ?? false;
}

/** The account of all Jobs, once the witness has caught up. */
async function settled(
  release: SimulatedRelease,
  namespace: string,
  statuses: Statuses,
  faults: IndexFaults,
  witness: Witness,
): Promise<Account> {
  const now = () =>
    account(
      release.jobs.map(({ name, indexes }) => {
        const { completedIndexes: completed = "", failedIndexes: failed = "" } = statuses.get(name) ?? {};
        const succeeded = witness.succeeded.get(name) ?? new Set<number>();
        return { namespace, name, indexes, completed, failed, succeeded };
      }),
      faults,
    );
  await within(LAG_SECONDS, () => Promise.resolve(now().unseen === 0));
  return now();
}

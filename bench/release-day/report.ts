import { duration } from "../../local/terminal/progress";
import { type Column, table } from "../../local/terminal/table";
import { type Account, holds, median } from "./account";
import type { Kill } from "./chaos";
import type { Settings } from "./cluster";
import type { Victim } from "./faults";
import type { PlainOutcome } from "./plain-pods";
import type { ReleaseOutcome } from "./run-release";

/** What one step of the benchmark came to, under the name that its row has. */
export type Step =
  | { readonly name: string; readonly kind: "plain"; readonly outcome: PlainOutcome }
  | { readonly name: string; readonly kind: "release"; readonly outcome: ReleaseOutcome };

const right = (heading: string): Column => ({ heading, align: "right" });
const whole = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const mebibytes = (bytes: number) => `${whole(bytes / 2 ** 20)} MiB`;

/** Whether every index of every release became what it should have. */
export function allHold(steps: readonly Step[]): boolean {
  return steps.every((step) => step.kind === "plain" || holds(step.outcome.account));
}

/** How fast, beside KWOK itself: the first step is the measure. */
function rates(steps: readonly Step[]): string {
  const own = steps[0]?.outcome.rate ?? 0;
  const rows = steps.map(({ name, kind, outcome }) => [
    name,
    kind === "plain" ? "" : whole(outcome.targets),
    kind === "plain" ? "" : whole(outcome.jobs),
    whole(kind === "plain" ? outcome.count : outcome.indexes),
    duration(outcome.seconds),
    outcome.rate.toFixed(1),
    (outcome.rate / own).toFixed(2),
    duration(outcome.longestPause),
    `${((1000 * outcome.cpuSeconds) / (kind === "plain" ? outcome.count : outcome.indexes)).toFixed(0)} ms`,
  ]);
  const columns = [
    { heading: "SIMULATED" },
    ...["TARGETS", "JOBS", "PODS OR INDEXES", "TOOK", "A SECOND", "RATIO TO KWOK", "LONGEST PAUSE", "CPU OF EACH"].map(
      right,
    ),
  ];
  return table(columns, rows);
}

/** What went wrong, and what it did to the indexes. */
function troubles(steps: readonly Step[]): string {
  const rows = steps.flatMap((step) => {
    if (step.kind === "plain") return [];
    const { account, kills, storm, endings } = step.outcome;
    const taken = storm && [
      `${storm.nodes}`,
      `${storm.evicted}, ${duration(storm.evictedSeconds)}`,
      `${storm.orphaned}, ${duration(storm.orphanedSeconds)}`,
    ];
    const counts = [endings.disrupted, endings.failed, account.completed, account.failed, account.lost, wrong(account)];
    return [[step.name, killed(kills), ...(taken ?? ["0", "", ""]), ...counts.map(whole)]];
  });
  const columns = [
    { heading: "SIMULATED" },
    { heading: "KILLED" },
    ...["NODES TAKEN", "EVICTED, HELD UP", "ORPHANED, HELD UP"].map(right),
    ...["DISRUPTED", "FAILED ONCE", "GREEN", "RED", "LOST", "WRONG"].map(right),
  ];
  return table(columns, rows);
}

const SHORT: Readonly<Record<Victim, string>> = {
  etcd: "etcd",
  "kube-apiserver": "API server",
  "kube-controller-manager": "controllers",
  "kube-scheduler": "scheduler",
};

function killed(kills: readonly Kill[]): string {
  const counts = Object.entries(SHORT).flatMap(([victim, name]) => {
    const count = kills.filter((kill) => kill.victim === victim).length;
    return count === 0 ? [] : [`${name} ${count}`];
  });
  return counts.join(", ") || "nothing";
}

/** Indexes that count for the wrong thing, of whatever kind. */
function wrong({ wronglyFailed, wronglyCompleted, unseen, uncounted }: Account): number {
  return wronglyFailed + wronglyCompleted + unseen + uncounted;
}

/** What the control plane held, at the peak and when the last Job had ended. */
function footprints(steps: readonly Step[]): string {
  const rows = steps.map(({ name, outcome: { peak, end } }) => [
    name,
    ...[peak.objects, end.objects, peak.pods, end.pods, peak.events, end.events].map(whole),
    ...[peak.etcdBytes, peak.etcdBytesInUse, end.etcdBytesInUse, peak.apiServerBytes].map(mebibytes),
  ]);
  const columns = [
    { heading: "SIMULATED" },
    ...["OBJECTS: PEAK", "END", "PODS: PEAK", "END", "EVENTS: PEAK", "END"].map(right),
    ...["ETCD FILE", "IN USE: PEAK", "END", "API SERVER"].map(right),
  ];
  return table(columns, rows);
}

/** What a release day came to, and what it was run on. */
export interface Results {
  /** Says so wherever the figures go. */
  readonly simulated: true;
  readonly seed: string;
  readonly settings: Settings;
  readonly cores: number;
  /** Load average of the minute before the first step: what else the machine does slows every row. */
  readonly load: number;
  readonly steps: readonly Step[];
}

/** All of it as text. */
export function report({ steps, cores, load, seed, settings }: Results): string {
  const downs = steps
    .flatMap((step) => (step.kind === "plain" ? [] : step.outcome.kills))
    .map(({ seconds }) => seconds);
  const verdict = allHold(steps)
    ? "0 indexes lost, 0 counted wrongly: red indexes are those with a red target, and only those."
    : "INDEXES WERE LOST OR COUNTED WRONGLY: see the columns LOST and WRONG.";
  return [
    "Simulated: no container ran. The control plane is real, the nodes and the lives of the pods are KWOK's.",
    `${cores} cores, load average ${load.toFixed(1)} before the start; seed ${seed}; ${settings.requestsPerSecond} requests a second, ${settings.jobSyncs} Job syncs, ${settings.endedPods} ended pods kept`,
    rates(steps),
    troubles(steps),
    footprints(steps),
    ...(downs.length === 0
      ? []
      : [
          `${downs.length} kills: served again after ${duration(median(downs))} (median), ${duration(Math.max(...downs))} (worst)`,
        ]),
    verdict,
    "",
  ].join("\n\n");
}

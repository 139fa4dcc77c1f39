import type { FollowingPool } from "./wanted";

/** What the autoscaler is told, by a file. */
export interface AutoscaleSettings {
  /** `http://host:port` */
  readonly prometheus: string;
  /** An expression with the actions of each queue, by the label `platform`. */
  readonly query: string;
  readonly namespace: string;
  readonly pools: readonly FollowingPool[];
  /** Seconds between two looks. */
  readonly intervalSeconds: number;
}

/**
 * Actions that wait or run, by queue: the most there were of them in some seconds, so that workers come at once and go when
 * nobody has wanted them for so long.
 */
export function queueLengths(idleSeconds: number): string {
  return `max_over_time((platform:actions_queued:count + platform:actions_running:count)[${idleSeconds}s:15s])`;
}

import { UserError } from "../user-error";
import type { JobPlan } from "./plan";

/** What Kubernetes allows of an Indexed Job (batch/v1 validation.go, 1.37), and of any object. */
export const JOB_LIMITS = {
  /** `backoffLimitPerIndex` with more completions caps parallelism and maxFailedIndexes at 10,000. */
  completions: 100_000,
  parallelism: 100_000,
  /** A pod's host name is `<job>-<index>`: a DNS label. */
  hostName: 63,
  labelValue: 63,
  /** Seconds; ours, not Kubernetes': a release that takes longer than two weeks is stuck. */
  activeDeadlineSeconds: 14 * 24 * 3600,
} as const;

/**
 * Checks a Job against Kubernetes' limits, before anything is declared.
 * @throws UserError that names the Job, what was found and what to change
 */
export function checkJobLimits(job: JobPlan): void {
  const completions = job.shards.length;
  const host = `${job.name}-${Math.max(0, completions - 1)}`;
  const check = (holds: boolean, what: string, found: string, allowed: string) => {
    if (!holds) throw new UserError(`Job ${job.name}: ${what}`, found, allowed);
  };
  check(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(host) && host.length <= JOB_LIMITS.hostName,
    "name",
    `${host} (${host.length} characters with the last index)`,
    `a DNS label of at most ${JOB_LIMITS.hostName} characters`,
  );
  check(
    completions >= 1 && completions <= JOB_LIMITS.completions,
    "completions",
    `${completions} shards`,
    `1 to ${JOB_LIMITS.completions}: raise shardCpuSeconds`,
  );
  check(
    Number.isInteger(job.parallelism) && job.parallelism >= 1 && job.parallelism <= JOB_LIMITS.parallelism,
    "parallelism",
    `${job.parallelism}`,
    `a whole number from 1 to ${JOB_LIMITS.parallelism}`,
  );
  check(
    job.maxFailedIndexes >= 0 && job.maxFailedIndexes <= completions,
    "maxFailedIndexes",
    `${job.maxFailedIndexes}`,
    `0 to ${completions}, the completions`,
  );
  check(
    job.activeDeadlineSeconds >= 1 && job.activeDeadlineSeconds <= JOB_LIMITS.activeDeadlineSeconds,
    "activeDeadlineSeconds",
    `${job.activeDeadlineSeconds}`,
    `1 to ${JOB_LIMITS.activeDeadlineSeconds}: raise parallelism`,
  );
}

/**
 * A label value from any text: kept where Kubernetes allows it, else its letters and digits with a hash, since two
 * texts that differ only in forbidden characters must not become one.
 * @param hash hexadecimal digits of the text's digest; the first eight are used
 */
export function labelValue(text: string, hash: string): string {
  if (text.length <= JOB_LIMITS.labelValue && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text)) return text;
  const slug = text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `${slug.slice(0, JOB_LIMITS.labelValue - 9).replace(/-$/, "")}-${hash.slice(0, 8)}`.replace(/^-/, "");
}

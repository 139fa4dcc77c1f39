import { ApiError, kubeRequest, kubeText } from "../node/api";
import { within } from "../node/supervise";

/** Namespace of the Jobs of releases. */
export const RELEASE_NAMESPACE = "monofarm-release";

/** What Kubernetes says of a Job. */
export interface JobState {
  /** Milliseconds since 1970, whole seconds; 0 where there is no such Job. */
  readonly createdAt: number;
  /** True where Kubernetes will not run it any further; a Job that is gone counts. */
  readonly ended: boolean;
  /** True where an index of it failed for good. */
  readonly failed: boolean;
}

interface Job {
  readonly metadata: { readonly creationTimestamp: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** States of Jobs by name. */
export async function jobStates(names: readonly string[]): Promise<Map<string, JobState>> {
  const states = new Map<string, JobState>();
  for (const name of names) {
    try {
      states.set(
        name,
        jobState(await kubeRequest<Job>("GET", `/apis/batch/v1/namespaces/${RELEASE_NAMESPACE}/jobs/${name}`)),
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      states.set(name, { createdAt: 0, ended: true, failed: false });
    }
  }
  return states;
}

/** Reads a Job of the Kubernetes API. */
export function jobState({ metadata, status }: Job): JobState {
  const holds = (type: string) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
  const failed = holds("Failed");
  return { createdAt: Date.parse(metadata.creationTimestamp), ended: failed || holds("Complete"), failed };
}

/** Seconds that a Job may take to go. */
const DELETE_SECONDS = 60;

/**
 * Deletes Jobs, and comes back when they are gone: the next `pulumi up` declares them anew. Pulumi's own replacement
 * would not do: told not to wait for a Job's end, it does not wait for its deletion either.
 */
export async function deleteJobs(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = `/apis/batch/v1/namespaces/${RELEASE_NAMESPACE}/jobs/${name}`;
    await kubeRequest("DELETE", path, { propagationPolicy: "Background" });
    const gone = async () => ((await jobStates([name])).get(name)?.createdAt ?? 0) === 0;
    if (!(await within(DELETE_SECONDS, gone)))
      throw new Error(`Job ${name} is still there ${DELETE_SECONDS} s after its deletion`);
  }
}

/** A pod of an index that ended without success. */
export interface FailedPod {
  readonly name: string;
  readonly job: string;
  readonly index: number;
  readonly exitCode: number | undefined;
  /** The last lines that it printed, or why it could not start. */
  readonly output: readonly string[];
}

interface Pods {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly creationTimestamp: string;
    };
    readonly status: {
      readonly phase?: string;
      readonly reason?: string;
      readonly message?: string;
      readonly containerStatuses?: readonly {
        readonly state?: { readonly terminated?: { readonly exitCode?: number; readonly reason?: string } };
      }[];
    };
  }[];
}

/**
 * Pods of a Job that failed, the newest last.
 * @param lines of each pod's output
 * @param known names of pods that need no second look
 */
export async function failedPods(
  job: string,
  lines: number,
  known: ReadonlySet<string> = new Set(),
): Promise<FailedPod[]> {
  const selector = encodeURIComponent(`job-name=${job}`);
  const { items } = await kubeRequest<Pods>(
    "GET",
    `/api/v1/namespaces/${RELEASE_NAMESPACE}/pods?labelSelector=${selector}`,
  );
  const failed = items
    .filter(({ metadata, status }) => status.phase === "Failed" && !known.has(metadata.name))
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  const pods: FailedPod[] = [];
  for (const { metadata, status } of failed) {
    const exitCode = status.containerStatuses?.[0]?.state?.terminated?.exitCode;
    const index = Number(metadata.labels?.["batch.kubernetes.io/job-completion-index"] ?? 0);
    const said = [status.reason, status.message].filter((text) => text !== undefined).join(": ");
    const output = said === "" ? await podOutput(metadata.name, lines) : [said];
    pods.push({ name: metadata.name, job, index, exitCode, output });
  }
  return pods;
}

async function podOutput(pod: string, lines: number): Promise<string[]> {
  try {
    const text = await kubeText(`/api/v1/namespaces/${RELEASE_NAMESPACE}/pods/${pod}/log?tailLines=${lines}`);
    return text.split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof ApiError) return [error.message];
    throw error;
  }
}

import type { IndexFaults } from "./faults";

/**
 * Milliseconds of a simulated pod: until its container runs, until that ends by itself, and until it ends when told to.
 * The same for all, so that pods end as fast as they were made; a client of a real release runs for many minutes.
 */
export const POD_MILLISECONDS = { start: 1000, run: 10_000, stop: 1000 } as const;

/** Milliseconds between two signs of life of a node; the controller manager takes it for dead after 50 s without one. */
const HEARTBEAT_MILLISECONDS = 15_000;

/** Pods and nodes that KWOK changes at the same time. Its default is 4. */
const PARALLELISM = 16;

/** Expressions are jq's, over the pod. */
interface Match {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly kind: "Node" | "Pod";
  readonly when: readonly Match[];
  /** The heaviest of several that match is taken. @default 0 */
  readonly weight?: number;
  /** Milliseconds until it happens. @default at once */
  readonly after?: number;
  /** Template of the new status; undefined removes the object. */
  readonly status?: string;
}

const phase = (...values: string[]): Match => ({ key: ".status.phase", operator: "In", values });
const ready = (operator: "In" | "NotIn"): Match => ({
  key: '.status.conditions.[] | select(.type == "Ready") | .status',
  operator,
  values: ["True"],
});
const STAYS: Match = { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" };
const GOES: Match = { key: ".metadata.deletionTimestamp", operator: "Exists" };

/** `indexKey` of a pod; of a pod without Job it is no key of any index. */
const INDEX =
  '.metadata.namespace + "/" + .metadata.labels["batch.kubernetes.io/job-name"] + "/" + .metadata.annotations["batch.kubernetes.io/job-completion-index"]';

const FIRST_TRY: Match = {
  key: '.metadata.annotations["batch.kubernetes.io/job-index-failure-count"]',
  operator: "In",
  values: ["0"],
};

/** Conditions and containers of a pod that runs. */
const RUNNING = `{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- { type: {{ $type }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}`;

/** The same of a pod whose container ended. */
function ended(phase: "Succeeded" | "Failed", exitCode: number, reason: string): string {
  return `{{ $now := Now }}
phase: ${phase}
conditions:
{{ range $type := list "ContainersReady" "Ready" }}
- { type: {{ $type }}, status: "False", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: ${exitCode}
      reason: ${reason}
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}`;
}

const NODE_READY = `{{ $now := Now }}
conditions:
- type: Ready
  status: "True"
  reason: KubeletReady
  message: simulated
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}`;

/** What happens to simulated nodes and pods. */
function stages({ red, retried }: IndexFaults): Stage[] {
  const { start, run, stop } = POD_MILLISECONDS;
  const ofIndexes = (keys: ReadonlySet<string>): Match => ({ key: INDEX, operator: "In", values: [...keys] });
  const running = [STAYS, phase("Running")];
  return [
    { name: "node-ready", kind: "Node", when: [ready("NotIn")], status: NODE_READY },
    { name: "node-heartbeat", kind: "Node", when: [ready("In")], after: HEARTBEAT_MILLISECONDS, status: NODE_READY },
    { name: "pod-runs", kind: "Pod", when: [STAYS, phase("Pending")], after: start, status: RUNNING },
    { name: "pod-succeeds", kind: "Pod", when: running, after: run, status: ended("Succeeded", 0, "Completed") },
    ...(red.size === 0
      ? []
      : [
          {
            name: "pod-is-red",
            kind: "Pod" as const,
            when: [...running, ofIndexes(red)],
            weight: 1,
            after: run,
            status: ended("Failed", 1, "Error"),
          },
        ]),
    ...(retried.size === 0
      ? []
      : [
          {
            name: "pod-fails-once",
            kind: "Pod" as const,
            when: [...running, ofIndexes(retried), FIRST_TRY],
            weight: 1,
            after: run,
            status: ended("Failed", 3, "Error"),
          },
        ]),
    // What kubelet does for a pod that is evicted: it ends the containers, says so, and only then lets go of the pod.
    {
      name: "pod-is-stopped",
      kind: "Pod",
      when: [GOES, phase("Pending", "Running")],
      after: stop,
      status: ended("Failed", 143, "Error"),
    },
    {
      name: "pod-is-gone",
      kind: "Pod",
      when: [
        GOES,
        phase("Succeeded", "Failed"),
        { key: ".metadata.deletionGracePeriodSeconds", operator: "NotIn", values: ["0"] },
      ],
    },
  ];
}

function stageObject({ name, kind, when, weight = 0, after, status }: Stage): Record<string, unknown> {
  const patch = { subresource: "status", root: "status", type: "strategic", template: status };
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind },
      selector: { matchExpressions: when.map((match) => ({ jq: match })) },
      weight,
      ...(after !== undefined && { delay: { durationMilliseconds: after } }),
      steps: [status === undefined ? { delete: true } : { patch }],
    },
  };
}

/** KWOK's configuration: YAML documents, each of them JSON. */
export function kwokConfig(faults: IndexFaults): string {
  const options = {
    manageAllNodes: true,
    // Leases would be those of one KWOK process, and the next would have to wait until they run out.
    nodeLeaseDurationSeconds: 0,
    podPlayStageParallelism: PARALLELISM,
    nodePlayStageParallelism: PARALLELISM,
    nodeLeaseParallelism: PARALLELISM,
    podsOnNodeSyncParallelism: PARALLELISM,
  };
  const configuration = { apiVersion: "config.kwok.x-k8s.io/v1alpha1", kind: "KwokConfiguration", options };
  return [configuration, ...stages(faults).map(stageObject)].map((object) => JSON.stringify(object)).join("\n---\n");
}

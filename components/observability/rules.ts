/** A rule file of Prometheus'. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

/** An expression whose value is kept under a name of its own, `level:metric:operation`. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** An expression that is looked at for as long as it gives something. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** How long before it fires. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** From which figures on a farm is in trouble. */
export interface Thresholds {
  /** Seconds that one action in twenty may wait for a worker. */
  readonly queueSeconds: number;
  /** Hours that the cache must keep what nobody asks for: a release must find at its end what it stored at its start. */
  readonly retentionHours: number;
  /** Part of all calls that may fail for reasons of the farm's own. */
  readonly errorRatio: number;
}

/** Three release days of 8 hours; a queue that a node from nothing, and a drain, explain; one call in twenty. */
export const THRESHOLDS: Thresholds = { queueSeconds: 900, retentionHours: 24, errorRatio: 0.05 };

/** A metric of the queues: the scheduler's alone, for whoever else is asked could claim to have queues. */
const queue = (metric: string, ...labels: readonly string[]) =>
  `buildbarn_builder_in_memory_build_queue_${metric}{${['job="scheduler"', ...labels].join(",")}}`;

const STORE = "buildbarn_blobstore";
const REMOVED = `${STORE}_old_current_new_location_blob_map_last_removed_old_block_insertion_time_seconds`;

const RELEASED = `${STORE}_block_device_backed_block_allocator_releases_total`;

/** What a caller cannot be blamed for. */
const OWN_ERRORS = "Aborted|DataLoss|DeadlineExceeded|Internal|ResourceExhausted|Unavailable|Unknown";

const total = (metric: string) => `sum by (platform) (${queue(metric)})`;

/**
 * What the farm's metrics come to. BuildBarn has no gauges of its queue: they are differences of counters that start
 * together with the scheduler.
 */
export const RECORDINGS: readonly RecordingRule[] = [
  {
    record: "platform:actions_queued:count",
    expr: `${total("tasks_scheduled_total")} - ${total("tasks_queued_duration_seconds_count")}`,
  },
  {
    record: "platform:actions_running:count",
    expr: `${total("tasks_queued_duration_seconds_count")} - ${total("tasks_executing_duration_seconds_count")}`,
  },
  { record: "platform:workers:count", expr: `${total("workers_created_total")} - ${total("workers_removed_total")}` },
  {
    record: "platform:actions_started:rate5m",
    expr: `sum by (platform) (rate(${queue("tasks_queued_duration_seconds_count")}[5m]))`,
  },
  {
    record: "platform:actions_ended:rate5m",
    expr: `sum by (platform, result) (rate(${queue("tasks_executing_duration_seconds_count")}[5m]))`,
  },
  {
    record: "platform:queue_seconds:p95_5m",
    expr: `histogram_quantile(0.95, sum by (platform, le) (rate(${queue("tasks_queued_duration_seconds_bucket")}[5m])))`,
  },
  {
    record: "platform:actions_lost:increase10m",
    expr: `sum by (platform) (increase(${queue("workers_removed_total", 'state="Executing"')}[10m]))`,
  },
  // A store that gave up nothing since its start says that it did so at its start.
  {
    record: "store:retention_seconds:min",
    expr: `min by (storage_type) ((time() - ${REMOVED}) and (${RELEASED} > 0))`,
  },
  {
    record: "store:blocks_evicted:increase1h",
    expr: `sum by (storage_type) (increase(${RELEASED}[1h]))`,
  },
  {
    record: "store:operations:rate5m",
    expr: `sum by (storage_type, operation) (rate(${STORE}_blob_access_operations_duration_seconds_count{job="storage"}[5m]))`,
  },
  { record: "part:calls:rate5m", expr: `sum by (job) (rate(grpc_server_handled_total[5m]))` },
  {
    record: "part:call_errors:ratio5m",
    expr: `sum by (job) (rate(grpc_server_handled_total{grpc_code=~"${OWN_ERRORS}"}[5m])) / sum by (job) (rate(grpc_server_handled_total[5m]))`,
  },
  {
    record: "part:calls_refused:rate5m",
    expr: `sum by (job) (rate(grpc_server_handled_total{grpc_code=~"PermissionDenied|Unauthenticated"}[5m]))`,
  },
];

/** What somebody should look at. */
export function alerts({ queueSeconds, retentionHours, errorRatio }: Thresholds): AlertingRule[] {
  return [
    {
      alert: "PartDown",
      expr: "up == 0",
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "{{ $labels.job }} at {{ $labels.instance }} does not answer",
        description: "Its metrics could not be had for five minutes: see its pod, and the network policies on its way.",
      },
    },
    {
      alert: "SchedulerGone",
      expr: 'absent(up{job="scheduler"})',
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "There is no scheduler",
        description: "DNS gives no address for its pod: no action runs anywhere.",
      },
    },
    {
      alert: "QueueStuck",
      expr: "min_over_time(platform:actions_queued:count[10m]) > 0 unless platform:actions_started:rate5m > 0",
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "{{ $value }} actions wait, and none starts",
        description:
          "No worker takes what is queued for {{ $labels.platform }}: look for its nodes, and for its image.",
      },
    },
    {
      alert: "QueueSlow",
      expr: `platform:queue_seconds:p95_5m > ${queueSeconds}`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "One action in twenty waited {{ $value | humanizeDuration }} for a worker",
        description: "There are too few workers for {{ $labels.platform }}, or too much was submitted at once.",
      },
    },
    {
      alert: "CacheRetentionShort",
      expr: `store:retention_seconds:min < ${retentionHours} * 3600`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $labels.storage_type }} keeps blobs for {{ $value | humanizeDuration }} only",
        description: `What is asked for less often than every ${retentionHours} hours is gone: builds do work again, and a release may lose what it stored. Give monofarm:storage more.`,
      },
    },
    {
      alert: "CacheEvictsFast",
      expr: "store:blocks_evicted:increase1h > 5",
      for: "15m",
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $labels.storage_type }} gave up {{ $value | humanize }} blocks within an hour",
        description: "At this pace a store of 38 blocks is written over in less than eight hours.",
      },
    },
    {
      alert: "CallsFail",
      expr: `part:call_errors:ratio5m > ${errorRatio}`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $value | humanizePercentage }} of the calls to {{ $labels.job }} fail",
        description: `For reasons of the farm's own: ${OWN_ERRORS.replaceAll("|", ", ")}.`,
      },
    },
    {
      alert: "ActionLost",
      expr: "platform:actions_lost:increase10m > 0",
      for: "0s",
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $value | humanize }} workers went away with an action",
        description:
          "A drain lets a worker end its action: these were killed, or lost their node. Their actions run again.",
      },
    },
  ];
}

/** Every rule of the farm. */
export function ruleFile(thresholds: Thresholds = THRESHOLDS): RuleFile {
  return {
    groups: [
      { name: "farm", rules: RECORDINGS },
      { name: "alerts", rules: alerts(thresholds) },
    ],
  };
}

import { describe, expect, it } from "vitest";

import { readQueue } from "../../local/release/queue";

const PLATFORM = String.raw`instance_name_prefix="",platform="{\"properties\":[{\"name\":\"Arch\",\"value\":\"amd64\"}]}"`;

/** As BuildBarn's scheduler serves them. */
const METRICS = [
  "# TYPE buildbarn_builder_in_memory_build_queue_tasks_scheduled_total counter",
  `buildbarn_builder_in_memory_build_queue_tasks_scheduled_total{assignment="Queue",${PLATFORM}} 1.2e+01`,
  `buildbarn_builder_in_memory_build_queue_tasks_scheduled_total{assignment="Worker",${PLATFORM}} 4`,
  `buildbarn_builder_in_memory_build_queue_tasks_queued_duration_seconds_bucket{${PLATFORM},le="1"} 99`,
  `buildbarn_builder_in_memory_build_queue_tasks_queued_duration_seconds_sum{${PLATFORM}} 212.3`,
  `buildbarn_builder_in_memory_build_queue_tasks_queued_duration_seconds_count{${PLATFORM}} 7`,
  `buildbarn_builder_in_memory_build_queue_tasks_executing_duration_seconds_count{${PLATFORM},result="Success"} 2`,
  `buildbarn_builder_in_memory_build_queue_tasks_executing_duration_seconds_count{${PLATFORM},result="Failure"} 3`,
  `buildbarn_builder_in_memory_build_queue_tasks_executing_retries_count{${PLATFORM},result="Failure"} 55`,
].join("\n");

describe("readQueue", () => {
  it("takes what is in a stage for what came in less what went out, over all platforms and results", () => {
    expect(readQueue(METRICS)).toEqual({ queued: 9, running: 2 });
  });

  it("is empty before anything was scheduled, and never negative", () => {
    expect(readQueue("")).toEqual({ queued: 0, running: 0 });
    const gone = METRICS.split("\n").filter((line) => !line.includes("scheduled_total"));
    expect(readQueue(gone.join("\n")).queued).toBe(0);
  });
});

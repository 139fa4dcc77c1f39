import { describe, expect, it } from "vitest";

import { readAlerts, readCacheHits, readQueue } from "../../local/release/queue";

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

describe("readCacheHits", () => {
  const line = (code: string, method: string, value: string) =>
    `grpc_server_handled_total{grpc_code="${code}",grpc_method="${method}",grpc_service="ActionCache",grpc_type="unary"} ${value}`;

  it("counts lookups that found a result, and nothing else", () => {
    const lines = [
      line("NotFound", "GetActionResult", "9"),
      line("OK", "UpdateActionResult", "7"),
      line("OK", "GetActionResult", "1.5e+03"),
      line("OK", "GetActionResult", "3").replace("handled_total", "msg_sent_total"),
    ];
    expect(readCacheHits(lines.join("\n"))).toBe(1500);
    expect(readCacheHits("")).toBe(0);
  });
});

describe("readAlerts", () => {
  const alert = (alertname: string, state: string, part: string) => ({ state, labels: { alertname, part } });

  it("names each alert that fires once, and none that may yet pass", () => {
    const alerts = [
      alert("PartDown", "firing", "b"),
      alert("PartDown", "firing", "a"),
      alert("CallsFail", "pending", "a"),
    ];
    expect(readAlerts(JSON.stringify({ status: "success", data: { alerts } }))).toEqual(["PartDown"]);
    expect(readAlerts('{"data":{"alerts":[]}}')).toEqual([]);
  });
});

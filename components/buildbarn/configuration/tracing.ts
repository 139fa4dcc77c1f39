import { BROWSER_PORTS } from "./browser";
import { authenticated } from "./identity";
import type { Global, Sampler, Tracing } from "./server";

/** Traces that begin at one process in a second, at most: calls of every kind begin one. */
const BEGUN_A_SECOND = 20;

const ALWAYS: Sampler = { always: {} };
const NEVER: Sampler = { never: {} };

/**
 * Tells the browser of what a part does for whom, by OpenTelemetry: spans, whose contexts go with each call and with each
 * action from the scheduler to a worker.
 * @param begins whether a call without a trace begins one; a part that calls by itself must not
 */
export function tracing(part: string, begins: boolean): Pick<Global, "tracing"> {
  const begun: Sampler = { maximumRate: { samplesPerEpoch: BEGUN_A_SECOND, epochDuration: "1s" } };
  const told: Tracing = {
    backends: [
      { otlpSpanExporter: authenticated(`browser:${BROWSER_PORTS.spans}`, "browser"), batchSpanProcessor: {} },
    ],
    resourceAttributes: [{ key: "service.name", value: { stringValue: part } }],
    sampler: {
      parentBased: {
        noParent: begins ? begun : NEVER,
        localParentSampled: ALWAYS,
        localParentNotSampled: NEVER,
        remoteParentSampled: ALWAYS,
        remoteParentNotSampled: NEVER,
      },
    },
  };
  return { tracing: told };
}

import { BROWSER_PORTS } from "./browser";
import { authenticated } from "./identity";
import type { Global, Sampler, Tracing } from "./server";

/** Calls of each kind of beginning (without a trace, or within a client's) that one process traces in a second, at most. */
const BEGUN_A_SECOND = 20;

const ALWAYS: Sampler = { always: {} };
const NEVER: Sampler = { never: {} };

/**
 * Tells the browser of what a part does for whom, by OpenTelemetry: spans, whose contexts go with each call and with each
 * action from the scheduler to a worker.
 * @param begins whether calls come from clients: one without a trace begins one, and those within a client's own trace are
 *   no more than those that begin one; a part that calls by itself must begin none, and follows its callers
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
        remoteParentSampled: begins ? begun : ALWAYS,
        remoteParentNotSampled: NEVER,
      },
    },
  };
  return { tracing: told };
}

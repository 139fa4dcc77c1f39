import type { Report } from "../../local/terminal/progress";
import { within } from "../../local/node/supervise";
import { longestPause, sustainedRate } from "./account";
import { requestOnce, type SimulatedCluster } from "./cluster";
import { firstNodes } from "./nodes";
import { type Observed, observed } from "./observe";
import type { SimulatedRelease } from "./releases";

/** Requests under way at once: more than the API server takes on two cores. */
const CONCURRENCY = 32;

/** Seconds that the pods may take. */
const PATIENCE_SECONDS = 600;

/** What a crowd of pods without Jobs came to. */
export interface PlainOutcome extends Observed {
  readonly count: number;
  readonly seconds: number;
  /** Pods that succeeded a second, of the middle eight tenths. */
  readonly rate: number;
  /** Seconds of the longest time in which no pod ended. */
  readonly longestPause: number;
}

/**
 * KWOK's own rate: pods of the same spec as a release's, but without a Job, that run to their end on the same nodes.
 * @param placed gives each its node at once, so that no scheduler is in the way
 */
export function runPlainPods(
  cluster: SimulatedCluster,
  { jobs }: SimulatedRelease,
  count: number,
  placed: boolean,
  report: Report,
): Promise<PlainOutcome> {
  const namespace = placed ? "plain-placed" : "plain-scheduled";
  const nodes = firstNodes();
  const templates = jobs.map(({ spec }) => spec.template.spec);
  return observed(cluster, namespace, async (witness) => {
    const started = Date.now();
    let next = 0;
    const make = async () => {
      while (next < count) {
        const i = next++;
        const template = templates[i % templates.length];
        const spec = placed ? { ...template, nodeName: nodes[i % nodes.length] } : template;
        const body = { apiVersion: "v1", kind: "Pod", metadata: { name: `plain-${i}`, namespace }, spec };
        await requestOnce("POST", `/api/v1/namespaces/${namespace}/pods`, body);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, make));
    const done = await within(PATIENCE_SECONDS, () => {
      report.fraction(witness.endings.succeeded / count);
      return Promise.resolve(witness.endings.succeeded === count);
    });
    if (!done) throw new Error(`${witness.endings.succeeded} of ${count} plain pods ended in ${PATIENCE_SECONDS} s`);
    const seconds = (Date.now() - started) / 1000;
    const progress = [...witness.endedAt.values()].map((at, i) => ({ at, done: i + 1 }));
    return { count, seconds, rate: sustainedRate(progress), longestPause: longestPause(progress) };
  });
}

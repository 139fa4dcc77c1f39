import { DIAGNOSTICS_PORT } from "../buildbarn/configuration/server";

/** A part of the farm that tells of itself at `/metrics`. */
export interface ScrapedPart {
  /** Its pods' label `app.kubernetes.io/name`, and Prometheus' label `job`. */
  readonly part: string;
  readonly port: number;
}

/**
 * Every part that has metrics: BuildBarn's. What is not here has none: the S3 server offers them by StatsD alone, and a
 * runner's container has no network to be asked over.
 */
export const SCRAPED: readonly ScrapedPart[] = ["browser", "frontend", "scheduler", "storage", "worker"].map(
  (part) => ({
    part,
    port: DIAGNOSTICS_PORT,
  }),
);

/** Name of the Service that gives the addresses of a part's pods by DNS: nobody needs to ask the API server. */
export function metricsService(part: string): string {
  return `metrics-${part}`;
}

import { FIGURES_PORT } from "../buildbarn/network-policies";
import { metricsService, type ScrapedPart } from "./scraped";

/** Name of Prometheus' part in the farm, and of its Service. */
export const PROMETHEUS = "prometheus";

/** Port on which Prometheus answers. */
export const PROMETHEUS_PORT = FIGURES_PORT;

/** Where Prometheus finds its files; consoles are what it shows a browser. */
export const CONFIGURATION_DIRECTORY = "/etc/prometheus";

/** Prometheus' configuration, as far as the farm uses it; durations as `15s`. */
export interface PrometheusConfiguration {
  readonly global: { readonly scrape_interval: string; readonly evaluation_interval: string };
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly job_name: string;
    /** Address records: one target for each. */
    readonly dns_sd_configs?: readonly {
      readonly names: readonly string[];
      readonly type: "A";
      readonly port: number;
      readonly refresh_interval: string;
    }[];
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  }[];
}

/** Asks every pod of every part, and Prometheus itself, four times a minute. */
export function prometheusConfiguration(namespace: string, parts: readonly ScrapedPart[]): PrometheusConfiguration {
  return {
    global: { scrape_interval: "15s", evaluation_interval: "15s" },
    rule_files: [`${CONFIGURATION_DIRECTORY}/rules.json`],
    scrape_configs: [
      ...parts.map(({ part, port }) => ({
        job_name: part,
        dns_sd_configs: [
          // Completed by the pod's search path: the cluster's domain has not everywhere the same name.
          {
            names: [`${metricsService(part)}.${namespace}.svc`],
            type: "A" as const,
            port,
            refresh_interval: "15s",
          },
        ],
      })),
      { job_name: "prometheus", static_configs: [{ targets: [`127.0.0.1:${PROMETHEUS_PORT}`] }] },
    ],
  };
}

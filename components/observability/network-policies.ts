import type * as kubernetes from "@pulumi/kubernetes";

import { FIGURES_PORT, pods, tcp } from "../buildbarn/network-policies";
import type { ScrapedPart } from "./scraped";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/**
 * Lets Prometheus ask each part for its metrics, and the browser and these parts ask Prometheus, from both sides, and nothing
 * else: who may read it does so by the API server (`kubectl port-forward`).
 * @param askedBy further parts of the farm that may call it; what else they may call, they declare themselves
 */
export function scrapePolicies(parts: readonly ScrapedPart[], askedBy: readonly string[] = []): Record<string, Spec> {
  const policies: Record<string, Spec> = {
    prometheus: {
      ...pods("prometheus"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: ["browser", ...askedBy].map((part) => pods(part)), ports: tcp(FIGURES_PORT) }],
      egress: parts.map(({ part, port }) => ({ to: [pods(part)], ports: tcp(port) })),
    },
    figures: {
      ...pods("browser"),
      policyTypes: ["Egress"],
      egress: [{ to: [pods("prometheus")], ports: tcp(FIGURES_PORT) }],
    },
  };
  for (const { part, port } of parts) {
    policies[`metrics-${part}`] = {
      ...pods(part),
      policyTypes: ["Ingress"],
      ingress: [{ from: [pods("prometheus")], ports: tcp(port) }],
    };
  }
  return policies;
}

import type * as kubernetes from "@pulumi/kubernetes";

import { pods, tcp } from "../buildbarn/network-policies";
import type { ScrapedPart } from "./scraped";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/**
 * Lets Prometheus ask each part for its metrics, from both sides, and nothing else: nobody calls Prometheus over the
 * network; who may read it does so by the API server (`kubectl port-forward`).
 */
export function scrapePolicies(parts: readonly ScrapedPart[]): Record<string, Spec> {
  const policies: Record<string, Spec> = {
    prometheus: {
      ...pods("prometheus"),
      policyTypes: ["Ingress", "Egress"],
      egress: parts.map(({ part, port }) => ({ to: [pods(part)], ports: tcp(port) })),
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

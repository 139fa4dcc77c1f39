import type * as kubernetes from "@pulumi/kubernetes";

import { pods, tcp } from "../buildbarn/network-policies";
import { PROMETHEUS_PORT } from "./configuration";
import type { ScrapedPart } from "./scraped";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/**
 * Lets Prometheus ask each part for its metrics, from both sides, and nothing else: but for the parts named here nobody calls
 * Prometheus over the network; who may read it does so by the API server (`kubectl port-forward`).
 * @param askedBy parts of the farm that may call it
 */
export function scrapePolicies(parts: readonly ScrapedPart[], askedBy: readonly string[] = []): Record<string, Spec> {
  const policies: Record<string, Spec> = {
    prometheus: {
      ...pods("prometheus"),
      policyTypes: ["Ingress", "Egress"],
      ...(askedBy.length > 0 && { ingress: [{ from: askedBy.map(pods), ports: tcp(PROMETHEUS_PORT) }] }),
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

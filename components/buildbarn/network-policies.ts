import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { STORAGE_PORT } from "./configuration/blob-access";
import { BROWSER_PORTS } from "./configuration/browser";
import { FRONTEND_PORT } from "./configuration/frontend";
import { SCHEDULER_PORTS } from "./configuration/scheduler";
import type { DnsPods } from "../platform/platform";
import { selector } from "./pod";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** One door: who may open which port of whom. */
interface Door {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Every connection inside the farm. Whatever is not here is refused. */
const DOORS: readonly Door[] = [
  { from: "frontend", to: "storage", port: STORAGE_PORT },
  { from: "frontend", to: "scheduler", port: SCHEDULER_PORTS.client },
  { from: "scheduler", to: "storage", port: STORAGE_PORT },
  { from: "worker", to: "storage", port: STORAGE_PORT },
  { from: "worker", to: "scheduler", port: SCHEDULER_PORTS.worker },
  { from: "worker", to: "browser", port: BROWSER_PORTS.actions },
  { from: "worker", to: "browser", port: BROWSER_PORTS.spans },
  { from: "frontend", to: "browser", port: BROWSER_PORTS.spans },
  { from: "scheduler", to: "browser", port: BROWSER_PORTS.spans },
  { from: "browser", to: "storage", port: STORAGE_PORT },
  { from: "browser", to: "scheduler", port: SCHEDULER_PORTS.pages },
];

/** Ports of API servers: of their Service, and of most behind it. */
export const API_SERVER_PORTS = [443, 6443];

const DNS_PORTS = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
];

/** Port of the farm's Prometheus, where there is one. */
export const FIGURES_PORT = 9090;

/** The pods of a part of the farm. */
export const pods = (part: string) => ({ podSelector: { matchLabels: selector(part) } });

/** A TCP port. */
export const tcp = (port: number) => [{ port, protocol: "TCP" }];

/** Lets names be asked for: of these pods alone, or at any address where no pod answers. */
export function names(dns?: DnsPods): kubernetes.types.input.networking.v1.NetworkPolicyEgressRule {
  if (dns === undefined) return { ports: DNS_PORTS };
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": dns.namespace } };
  return { to: [{ namespaceSelector, podSelector: { matchLabels: { ...dns.podLabels } } }], ports: DNS_PORTS };
}

/** Parts of the farm that other namespaces may call, and where. */
export interface Entrance {
  readonly part: string;
  readonly port: number;
}

/** The frontend's entrance. */
export const FRONTEND_ENTRANCE: Entrance = { part: "frontend", port: FRONTEND_PORT };

/**
 * The farm's policies by name: nothing in and nothing out, names for all, then each door from both of its sides.
 * @param clients namespace whose pods may use the entrances
 */
export function networkPolicies(clients: string, entrances: readonly Entrance[], dns?: DnsPods): Record<string, Spec> {
  const parts = [...new Set(DOORS.flatMap(({ from, to }) => [from, to]))];
  const policies: Record<string, Spec> = {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    // Where the API server is, differs from cluster to cluster; what its pod may do there does not.
    "token-keys": {
      ...pods("token-keys"),
      policyTypes: ["Egress"],
      egress: [{ ports: API_SERVER_PORTS.flatMap(tcp) }],
    },
    names: { podSelector: {}, policyTypes: ["Egress"], egress: [names(dns)] },
  };
  for (const part of parts) {
    const ingress = DOORS.filter(({ to }) => to === part).map(({ from, port }) => ({
      from: [pods(from)],
      ports: tcp(port),
    }));
    const egress = DOORS.filter(({ from }) => from === part).map(({ to, port }) => ({
      to: [pods(to)],
      ports: tcp(port),
    }));
    policies[part] = { ...pods(part), policyTypes: ["Ingress", "Egress"], ingress, egress };
  }
  for (const { part, port } of entrances) {
    const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": clients } } }];
    policies[`clients-${part}`] = { ...pods(part), policyTypes: ["Ingress"], ingress: [{ from, ports: tcp(port) }] };
  }
  return policies;
}

/** Declares policies in a namespace. */
export function declareNetworkPolicies(
  namespace: pulumi.Input<string>,
  policies: Readonly<Record<string, Spec>>,
  options: pulumi.CustomResourceOptions,
): kubernetes.networking.v1.NetworkPolicy[] {
  return Object.entries(policies).map(
    ([name, spec]) =>
      new kubernetes.networking.v1.NetworkPolicy(name, { metadata: { name, namespace }, spec }, options),
  );
}

import type * as kubernetes from "@pulumi/kubernetes";

/** Ports of the farm that a release's pods use: BuildBarn's frontend and the S3 server. */
const FARM_PORTS = [8980, 7070];

/** Policies of the namespace of releases: nothing in; out to the farm's two entrances and to names alone. */
export function releasePolicies(
  farmNamespace: string,
): Record<string, kubernetes.types.input.networking.v1.NetworkPolicySpec> {
  const farm = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": farmNamespace } } };
  return {
    "release-default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "release-clients": {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        { to: [farm], ports: FARM_PORTS.map((port) => ({ port, protocol: "TCP" })) },
        { ports: ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol })) },
      ],
    },
  };
}

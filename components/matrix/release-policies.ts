import type * as kubernetes from "@pulumi/kubernetes";

import { names } from "../buildbarn/network-policies";
import type { Egress } from "../platform/platform";

/** Ports of the farm that a release's pods use: BuildBarn's frontend and the S3 server. */
const FARM_PORTS = [8980, 7070];

/** Policies of the namespace of releases: nothing in; out to the farm's entrances, to names and to the artifacts alone. */
export function releasePolicies(
  farmNamespace: string,
  { dns, services = [] }: Egress,
): Record<string, kubernetes.types.input.networking.v1.NetworkPolicySpec> {
  const farm = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": farmNamespace } } };
  return {
    "release-default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "release-clients": {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        { to: [farm], ports: FARM_PORTS.map((port) => ({ port, protocol: "TCP" })) },
        names(dns),
        ...services.map(({ cidrs, port }) => ({
          to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
          ports: [{ port, protocol: "TCP" }],
        })),
      ],
    },
  };
}

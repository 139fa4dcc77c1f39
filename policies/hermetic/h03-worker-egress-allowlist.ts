import { rule } from "../rule";
import { egressFindings } from "../stack-rules/egress";

export const workerEgressAllowlist = rule({
  id: "H03",
  name: "worker-egress-allowlist",
  level: "mandatory",
  severity: "critical",
  slsa: "beyond L3: hermetic",
  key: "components/buildbarn/network-policies.ts",
  requires:
    "NetworkPolicies select each pod that builds, for egress, and open it to named pods and to port 53 alone; a release's also to the artifact store's network",
  because: "without a network the inputs of an action are only what its digests name",
  stack: egressFindings,
});

import { is, present, includes, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { CLUSTERS } from "../views/aws";

export const eksPrivateKmsAudit = rule({
  id: "S07",
  name: "eks-private-kms-audit",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/platform/aws/cluster.ts, monofarm:platform.publicCidrs",
  requires:
    "a private endpoint, no public access from everywhere, secrets encrypted, logs of api, audit and authenticator, access by the API, deletion protection",
  because: "the control plane is the root of everything else",
  objects: [
    {
      on: CLUSTERS,
      must: all(
        is("vpcConfig.endpointPrivateAccess", true),
        any(
          is("vpcConfig.endpointPublicAccess", false),
          all(
            present("vpcConfig.publicAccessCidrs"),
            ...["0.0.0.0/0", "::/0"].map((everywhere) => not(includes("vpcConfig.publicAccessCidrs", everywhere))),
          ),
        ),
        includes("encryptionConfig.resources", "secrets"),
        ...["api", "audit", "authenticator"].map((log) => includes("enabledClusterLogTypes", log)),
        is("accessConfig.authenticationMode", "API"),
        is("deletionProtection", true),
      ),
    },
  ],
});

import { is, some, all } from "../predicates/condition";
import { rule } from "../rule";
import { lifecycleFindings } from "../stack-rules/lifecycles";
import { REPOSITORIES } from "../views/aws";

export const ecrImmutableScanned = rule({
  id: "S14",
  name: "ecr-immutable-scanned",
  level: "mandatory",
  severity: "medium",
  slsa: "Unforgeable",
  key: "components/artifacts/aws/registry.ts",
  requires:
    "tags that cannot move, scans when pushed, encryption by KMS, and a lifecycle that expires untagged images alone",
  because: "images are inputs of everything that is built",
  objects: [
    {
      on: REPOSITORIES,
      must: all(
        is("imageTagMutability", "IMMUTABLE"),
        is("imageScanningConfiguration.scanOnPush", true),
        some("encryptionConfigurations", is("encryptionType", "KMS")),
      ),
    },
  ],
  stack: lifecycleFindings,
});

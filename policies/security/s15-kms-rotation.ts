import { is, matches, atLeast, all, any, includes, not } from "../predicates/condition";
import { rule } from "../rule";
import { KEY_STATEMENTS, KEYS } from "../views/aws";

export const kmsRotation = rule({
  id: "S15",
  name: "kms-rotation",
  level: "mandatory",
  severity: "medium",
  slsa: "Unforgeable",
  key: "components/artifacts/aws: aws-artifacts.ts, registry.ts",
  requires: "symmetric keys rotate, keys wait before they are deleted, and their policy is not for everybody",
  because: "a key that is lost takes what it protects along",
  settings: { days: { default: 30, description: "least days before a key is deleted" } },
  objects: [
    {
      on: KEYS,
      must: ({ days = 0 }) =>
        all(
          any(is("enableKeyRotation", true), matches("customerMasterKeySpec", "^(ECC|RSA)")),
          atLeast("deletionWindowInDays", days),
        ),
    },
    { on: KEY_STATEMENTS, when: is("Effect", "Allow"), must: not(includes("$principals", "*")) },
  ],
});

import { absent, all, any, atLeast, includes, is, not, oneOf } from "../predicates/condition";
import { rule } from "../rule";
import { KEYS } from "../views/aws";
import { KEY_STATEMENTS } from "../views/iam";

/** What keys are for that AWS rotates none of; whoever verifies needs the key that was signed with. */
const NEVER_ROTATED = ["SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"];

export const kmsRotation = rule({
  id: "S15",
  name: "kms-rotation",
  level: "mandatory",
  severity: "medium",
  slsa: "Unforgeable",
  key: "components/artifacts/aws: aws-artifacts.ts, registry.ts",
  requires: "keys that encrypt rotate, keys wait before they are deleted, and their policy is not for everybody",
  because: "a key that is lost takes what it protects along",
  settings: { days: { default: 30, description: "least days before a key is deleted" } },
  objects: [
    {
      on: KEYS,
      must: ({ days = 0 }) =>
        all(
          any(is("enableKeyRotation", true), oneOf("keyUsage", NEVER_ROTATED)),
          atLeast("deletionWindowInDays", days),
        ),
    },
    {
      on: KEY_STATEMENTS,
      when: is("Effect", "Allow"),
      must: all(absent("NotPrincipal"), not(includes("$principals", "*"))),
    },
  ],
});

import { all, any, atLeast, type Condition, every, includes, is, matches, oneOf, some } from "../predicates/condition";
import { decide, rule } from "../rule";
import { bucketsOf, companionFindings, isWorm } from "../stack-rules/buckets";

const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

/** Nobody puts an object anywhere in the bucket, but under these conditions. */
const denied = (conditions: readonly string[], met: Condition): Condition =>
  all(
    is("Effect", "Deny"),
    includes("$principals", "*"),
    includes("Action", "s3:putobject"),
    any(includes("Resource", "*"), some("Resource", matches("", "^arn:[^:]*:s3:::[^/]+/\\*$"))),
    every("$conditions", oneOf("", conditions)),
    met,
  );
const WRITERS = "Condition.ArnNotEquals[aws:PrincipalArn]";
const NAMED = "^arn:[^*?]+$";
const PUT_ONLY = all(
  some(
    "$policy.Statement",
    denied(
      ["Null s3:if-none-match", "Bool s3:ObjectCreationOperation"],
      is("Condition.Null[s3:if-none-match]", "true"),
    ),
  ),
  some(
    "$policy.Statement",
    denied(
      ["ArnNotEquals aws:PrincipalArn", "Bool aws:PrincipalIsAWSService"],
      any(matches(WRITERS, NAMED), all(some(WRITERS, matches("", NAMED)), every(WRITERS, matches("", NAMED)))),
    ),
  ),
);
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

/** As S3 counts them. */
const DAYS_OF_A_YEAR = 365;

export const releaseWorm = rule({
  id: "S12",
  name: "release-worm",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/artifacts: objectLock",
  requires:
    "buckets of releases and provenance (tag farm.build/purpose) are locked in COMPLIANCE mode for long enough, protected from deletion, and take new objects alone (s3:if-none-match), from named writers",
  because: "a release that can be rewritten is no release",
  settings: { days: { default: 365, description: "least days that a release stays locked" } },
  stack: (resources, { days = 0 }) => {
    const worm = bucketsOf(resources).filter((bucket) => isWorm(bucket) !== "no");
    const retention = all(
      is("rule.defaultRetention.mode", "COMPLIANCE"),
      any(
        atLeast("rule.defaultRetention.days", days),
        atLeast("rule.defaultRetention.years", Math.ceil(days / DAYS_OF_A_YEAR)),
      ),
    );
    return [
      ...worm.flatMap((bucket) => {
        const isUnsure = isWorm(bucket) === "unknown";
        return [
          ...decide(is("objectLockEnabled", true), bucket.props, "", bucket, isUnsure),
          ...decide(is("", true), bucket.protect, "options.protect", bucket, isUnsure),
        ];
      }),
      ...companionFindings(worm, resources, { [LOCK]: retention, [POLICY]: PUT_ONLY }, isWorm),
    ];
  },
});

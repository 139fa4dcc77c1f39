import { is, atLeast, all, includes, present, some } from "../predicates/condition";
import { decide, rule } from "../rule";
import { BUCKETS, companionFindings, isWorm } from "../stack-rules/buckets";

const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const DENIED = all(is("Effect", "Deny"), includes("$principals", "*"), includes("Action", "s3:PutObject"));
const PUT_ONLY = all(
  some("$policy.Statement", all(DENIED, is("Condition.Null[s3:if-none-match]", "true"))),
  some("$policy.Statement", all(DENIED, present("Condition.ArnNotEquals[aws:PrincipalArn]"))),
);
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

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
    const worm = resources.filter((resource) => BUCKETS.types.includes(resource.type) && isWorm(resource));
    const retention = all(is("rule.defaultRetention.mode", "COMPLIANCE"), atLeast("rule.defaultRetention.days", days));
    return [
      ...worm.flatMap((bucket) => decide(is("objectLockEnabled", true), bucket.props, "", bucket)),
      ...worm.flatMap((bucket) => decide(is("", true), bucket.protect, "options.protect", bucket)),
      ...companionFindings(worm.concat(resources.filter(({ type }) => [LOCK, POLICY].includes(type))), {
        [LOCK]: retention,
        [POLICY]: PUT_ONLY,
      }),
    ];
  },
});

import { is, atLeast, all } from "../predicates/condition";
import { decide, rule } from "../rule";
import { BUCKETS, companionFindings, isWorm } from "../stack-rules/buckets";

const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

export const releaseWorm = rule({
  id: "S12",
  name: "release-worm",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "components/artifacts: objectLock",
  requires:
    "buckets of releases and provenance (tag farm.build/purpose) are locked in COMPLIANCE mode for long enough, and protected from deletion",
  because: "a release that can be rewritten is no release",
  settings: { days: { default: 365, description: "least days that a release stays locked" } },
  stack: (resources, { days = 0 }) => {
    const worm = resources.filter((resource) => BUCKETS.types.includes(resource.type) && isWorm(resource));
    const retention = all(is("rule.defaultRetention.mode", "COMPLIANCE"), atLeast("rule.defaultRetention.days", days));
    return [
      ...worm.flatMap((bucket) => decide(is("objectLockEnabled", true), bucket.props, "", bucket)),
      ...worm.flatMap((bucket) => decide(is("", true), bucket.protect, "options.protect", bucket)),
      ...companionFindings(worm.concat(resources.filter(({ type }) => type === LOCK)), { [LOCK]: retention }),
    ];
  },
});

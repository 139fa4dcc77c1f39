import { all, any, every, is, matches, unlessSet } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, rule } from "../rule";
import { bucketsOf, isWorm } from "../stack-rules/buckets";
import { LIFECYCLES } from "../views/aws";
import { refersTo } from "../views/references";

const NAMED = matches("bucket", "release|provenance");
const KEEPS = every(
  "rules",
  any(is("status", "Disabled"), all(unlessSet("expiration.days", 0), unlessSet("expiration.date", ""))),
);

export const noLifecycleOnRelease = rule({
  id: "S13",
  name: "no-lifecycle-on-release",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/artifacts: lifecycle",
  requires:
    "no rule of a lifecycle lets current versions of releases or provenance expire: in buckets that have these as tag farm.build/purpose, or in their names",
  because: "a release would vanish by itself",
  stack: (resources) => {
    const buckets = bucketsOf(resources);
    return resources
      .filter(({ type }) => LIFECYCLES.types.includes(type))
      .flatMap((lifecycle) => {
        const own = buckets
          .filter((bucket) => isWorm(bucket) !== "no")
          .map((bucket) => [isWorm(bucket), refersTo(lifecycle, "bucket", bucket, "bucket", buckets)])
          .filter((answers) => !answers.includes("no"));
        const isSure = evaluate(NAMED, lifecycle.props).answer === "yes" || own.some((all) => !all.includes("unknown"));
        return isSure || own.length > 0 ? decide(KEEPS, lifecycle.props, "", lifecycle, !isSure) : [];
      });
  },
});

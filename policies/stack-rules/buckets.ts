import { type Condition, is, oneOf } from "../predicates/condition";
import { evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { document } from "../views/aws";
import { resources } from "../views/view";

export const BUCKETS = resources("S3 buckets", "aws:s3/bucket:Bucket");

const WORM = oneOf("tags[farm.build/purpose]", ["release", "provenance"]);

/** Whether what a bucket holds must never change. */
export function isWorm({ props }: Resource): boolean {
  return evaluate(WORM, props).answer !== "no";
}

/**
 * AWS' provider keeps the settings of a bucket in resources of their own.
 * @param companions what must hold of each bucket's resource of a type
 */
export function companionFindings(
  found: readonly Resource[],
  companions: Readonly<Record<string, Condition>>,
): Finding[] {
  return found
    .filter(({ type }) => BUCKETS.types.includes(type))
    .flatMap((bucket) =>
      Object.entries(companions).flatMap(([type, must]) => {
        const own = found.filter((one) => one.type === type && belongs(one, bucket));
        if (own.length === 0) return decide(is("", true), false, `a ${type.split(":").at(-1) ?? type} for it`, bucket);
        return own.flatMap((one) => decide(must, withDocument(one.props), "", one));
      }),
    );
}

/** Properties and, where they hold a policy document, its contents as `$policy`. */
function withDocument(props: Resource["props"]): Resource["props"] {
  const { policy } = props;
  return policy === undefined ? props : { ...props, $policy: document(policy) };
}

function belongs(companion: Resource, bucket: Resource): boolean {
  return (
    companion.madeOf["bucket"]?.includes(bucket.urn) === true || companion.props["bucket"] === bucket.props["bucket"]
  );
}

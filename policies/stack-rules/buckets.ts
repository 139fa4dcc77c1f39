import { type Condition, is, oneOf, UNKNOWN } from "../predicates/condition";
import { type Answer, evaluate } from "../predicates/evaluate";
import { decide, type Finding, type Resource } from "../rule";
import { document } from "../views/iam";
import { refersTo } from "../views/references";
import { resources } from "../views/view";

export const BUCKETS = resources("S3 buckets", "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2");

const WORM = oneOf("tags[farm.build/purpose]", ["release", "provenance"]);

/** Whether what a bucket holds must never change. */
export function isWorm({ props }: Resource): Answer {
  return evaluate(WORM, props).answer;
}

/** The buckets of a stack. */
export function bucketsOf(found: readonly Resource[]): Resource[] {
  return found.filter(({ type }) => BUCKETS.types.includes(type));
}

/** A bucket's resources of a type, and whether each is the bucket's: AWS' provider keeps settings in resources of their own. */
export function companionsOf(bucket: Resource, type: string, found: readonly Resource[]) {
  const buckets = bucketsOf(found);
  return found
    .filter((one) => sinceItsFirstVersion(one.type) === type)
    .map((one) => ({ one, answer: refersTo(one, "bucket", bucket, "bucket", buckets) }))
    .filter(({ answer }) => answer !== "no");
}

/**
 * @param companions what must hold of each bucket's resource of a type
 * @param when whether it must hold of a bucket at all
 */
export function companionFindings(
  buckets: readonly Resource[],
  found: readonly Resource[],
  companions: Readonly<Record<string, Condition>>,
  when: (bucket: Resource) => Answer = () => "yes",
): Finding[] {
  return buckets.flatMap((bucket) =>
    Object.entries(companions).flatMap(([type, must]) => {
      const own = companionsOf(bucket, type, found);
      const sure = own.filter(({ answer }) => answer === "yes");
      const isUnsure = when(bucket) === "unknown";
      if (sure.length > 0) return sure.flatMap(({ one }) => decide(must, withDocument(one.props), "", one, isUnsure));
      const missing = `a ${type.split(":").at(-1) ?? type} for it`;
      return decide(is("", true), own.length > 0 ? UNKNOWN : false, missing, bucket, isUnsure);
    }),
  );
}

/** The provider has second versions of many types, beside the first and just like them. */
function sinceItsFirstVersion(type: string): string {
  return type.replaceAll(/V2(?=:|$)/g, "");
}

/** Properties and, where they hold a policy document, its contents as `$policy`. */
function withDocument(props: Resource["props"]): Resource["props"] {
  const { policy } = props;
  return policy === undefined ? props : { ...props, $policy: document(policy) };
}

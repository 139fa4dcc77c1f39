import { all, type Condition, every, is, present, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, type Resource } from "../rule";
import { REPOSITORIES } from "../views/aws";

const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";

/** A tag is what keeps an image that something names by its digest. */
const KEEPS_TAGGED: Condition = all(present("rules"), every("rules", is("selection.tagStatus", "untagged")));

/** Repositories of images that keep everything for ever, or forget what has a tag. */
export function lifecycleFindings(found: readonly Resource[]): Finding[] {
  return found
    .filter(({ type }) => REPOSITORIES.types.includes(type))
    .flatMap((repository) => {
      const own = found.filter((one) => one.type === LIFECYCLE && belongs(one, repository));
      if (own.length === 0) return decide(is("", true), false, "a LifecyclePolicy for it", repository);
      return own.flatMap((one) => decide(KEEPS_TAGGED, contents(one.props["policy"]), "policy", one));
    });
}

function belongs(lifecycle: Resource, repository: Resource): boolean {
  const { name } = repository.props;
  const isNamed = typeof name === "string" && lifecycle.props["repository"] === name;
  return isNamed || lifecycle.madeOf["repository"]?.includes(repository.urn) === true;
}

function contents(policy: unknown): unknown {
  if (policy === UNKNOWN) return UNKNOWN;
  try {
    return JSON.parse(String(policy));
  } catch {
    return "no JSON";
  }
}

import { all, type Condition, every, is, present, UNKNOWN } from "../predicates/condition";
import { decide, type Finding, type Resource } from "../rule";
import { REPOSITORIES } from "../views/aws";
import { refersTo } from "../views/references";

const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";

/** A tag is what keeps an image that something names by its digest. */
const KEEPS_TAGGED: Condition = all(present("rules"), every("rules", is("selection.tagStatus", "untagged")));

/** Repositories of images that keep everything for ever, or forget what has a tag. */
export function lifecycleFindings(found: readonly Resource[]): Finding[] {
  const repositories = found.filter(({ type }) => REPOSITORIES.types.includes(type));
  return repositories.flatMap((repository) => {
    const lifecycles = found
      .filter(({ type }) => type === LIFECYCLE)
      .map((one) => ({ one, answer: refersTo(one, "repository", repository, "name", repositories) }));
    const own = lifecycles.filter(({ answer }) => answer === "yes");
    if (own.length > 0)
      return own.flatMap(({ one }) => decide(KEEPS_TAGGED, contents(one.props["policy"]), "policy", one));
    const isOpen = lifecycles.some(({ answer }) => answer === "unknown");
    return decide(is("", true), isOpen ? UNKNOWN : false, "a LifecyclePolicy for it", repository);
  });
}

function contents(policy: unknown): unknown {
  if (policy === UNKNOWN) return UNKNOWN;
  try {
    return JSON.parse(String(policy));
  } catch {
    return "no JSON";
  }
}

import { message } from "../../../policies/rule";
import type { Answered } from "./api-server";
import { list, type Manifest, type mutatedObjects } from "./manifests";

/** Runs kubectl on some cluster. @param input given to it as JSON */
export type Kubectl = (args: readonly string[], input?: unknown) => Promise<Answered>;

/** Asks an API server to make objects, and makes none: what it says of each, by name. */
export async function attempt(kubectl: Kubectl, items: readonly Manifest[]): Promise<Map<string, string>> {
  const { lines } = await kubectl(["create", "--dry-run=server", "-f", "-"], list(items));
  const about = (name: string) =>
    lines.find((line) => new RegExp(`["/]${name}["\\s]`).test(line)) ?? `nothing, but ${lines.at(-1)}`;
  return new Map(items.map(({ metadata: { name } }) => [name, about(name)]));
}

/** Whether an object would be made, or would be if it were not there. */
export const isAdmitted = (line: string) => /created \(server dry run\)|\(AlreadyExists\)/.test(line);

/** Objects that an API server does not take, and what it says of them. */
export async function refused(kubectl: Kubectl, items: readonly Manifest[]): Promise<[string, string][]> {
  return [...(await attempt(kubectl, items))].filter(([, line]) => !isAdmitted(line));
}

/** Of mutants, those that no API server takes, whatever its policies. */
const REFUSED_ANYHOW = ["job-bounded spec.completions", "worker-confined spec.template.spec.ephemeralContainers"];

/**
 * Mutants about which an API server says something else than it should: that it refuses them, by the policy of their rule
 * and in the words of the pack; where the rule is an advice, that it takes them.
 */
export async function wronglyAnswered(kubectl: Kubectl, mutated: ReturnType<typeof mutatedObjects>): Promise<string[]> {
  // Namespaces bear the farm's own names: one of each at a time.
  const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
  const others = mutated.map(({ object }) => object).filter((object) => !isNamespace(object));
  const answers = await attempt(kubectl, others);
  const wrong: string[] = [];
  for (const { rule, mutant, object } of mutated) {
    const { name } = object.metadata;
    const line = (isNamespace(object) ? await attempt(kubectl, [object]) : answers).get(name) ?? "";
    const policy = `monofarm-${rule.name}`;
    const denied = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${message(rule)}`;
    const isRight =
      rule.level === "advisory"
        ? isAdmitted(line)
        : REFUSED_ANYHOW.includes(`${rule.name} ${mutant.path}`)
          ? !isAdmitted(line)
          : line.endsWith(denied);
    if (!isRight) wrong.push(`${rule.id} ${mutant.path}: ${line}`);
  }
  return wrong;
}

import { evaluate } from "../predicates/evaluate";
import { is, present, every, any, not } from "../predicates/condition";
import { decide, rule } from "../rule";
import { BUILDBARN } from "../views/documents";
import { WORKER, podsOf } from "../views/pods";

interface Pod {
  readonly spec?: {
    readonly initContainers?: readonly { readonly name?: string; readonly image?: unknown }[];
    readonly containers?: readonly { readonly name?: string; readonly image?: unknown }[];
    readonly volumes?: readonly { readonly configMap?: { readonly name?: string } }[];
  };
}

export const platformEqualsRunnerImage = rule({
  id: "H02",
  name: "platform-equals-runner-image",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "monofarm:images.workers",
  requires: "the platform property container-image is docker:// and the image of the runner beside it",
  because: "an action would run in another image than its client asked for",
  stack: (resources) => {
    const workers = podsOf(resources)
      .map((pod) => ({ ...pod, answer: evaluate(WORKER, pod.value).answer }))
      .filter(({ answer }) => answer !== "no");
    return workers.flatMap(({ resource, value, path, answer }) => {
      if (answer === "unknown") return decide(WORKER, value, path, resource);
      const pod = value as Pod;
      const runner = pod.spec?.initContainers?.concat(pod.spec.containers ?? []).find(({ name }) => name === "runner");
      const names = pod.spec?.volumes?.map(({ configMap }) => configMap?.name) ?? [];
      const configurations = resources.filter(
        ({ type, props }) =>
          type === "kubernetes:core/v1:ConfigMap" &&
          names.includes((props["metadata"] as { name?: string } | undefined)?.name),
      );
      const documents = configurations.flatMap((one) => BUILDBARN.subjects(one));
      const asked = documents.filter(
        ({ value: document }) => evaluate(present("$content.buildDirectories"), document).answer !== "no",
      );
      if (runner === undefined || asked.length === 0)
        return decide(is("", true), false, `${path}: runner and worker.json`, resource);
      const same = is("value", `docker://${String(runner.image)}`);
      const properties = every("platform.properties", any(not(is("name", "container-image")), same));
      return asked.flatMap(({ value: document, path: file }) =>
        decide(every("$content.buildDirectories", every("runners", properties)), document, file, resource),
      );
    });
  },
});

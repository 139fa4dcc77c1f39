import { rule } from "../rule";
import { platformFindings } from "../stack-rules/platforms";

export const platformEqualsRunnerImage = rule({
  id: "H02",
  name: "platform-equals-runner-image",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "monofarm:images.workers",
  requires:
    "the platform property container-image is docker:// and the image of the runner beside it, and Arch the architecture of the nodes that the worker selects, unless it says that it emulates",
  because: "an action would run in another image, or on another machine, than its client asked for",
  stack: platformFindings,
});

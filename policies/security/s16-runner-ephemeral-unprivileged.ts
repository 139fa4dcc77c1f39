import { absent, all, any, atLeast, every, is, matches, not, oneOf, unlessSet } from "../predicates/condition";
import { PINNED } from "../predicates/images";
import { rule } from "../rule";
import { CHARTS, OTHER_RUNNERS, RUNNER_SETS } from "../views/cluster";
import { everyContainer } from "../views/pods";

const UNPRIVILEGED = all(
  unlessSet("securityContext.privileged", false),
  not(matches("image", "dind|(^|/)docker(:|@|$)")),
);

/** The listener's image is the controller's, unless the set names one. */
const LISTENER = all(unlessSet("securityContext.privileged", false), any(absent("image"), PINNED));

const POD = "spec.template.spec";
const ROLE = "farm.build/role";
const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";

/** Its nodes are none of the workers': not by selector, nor by affinity, nor because their taint is tolerated. */
const NOT_ON_WORKERS = all(
  any(absent(`${POD}.nodeSelector[${ROLE}]`), not(is(`${POD}.nodeSelector[${ROLE}]`, "worker"))),
  every(`${POD}.affinity.nodeAffinity.${REQUIRED}`, every("matchExpressions", not(is("key", ROLE)))),
  every(`${POD}.tolerations`, any(not(is("key", ROLE)), not(is("value", "worker")))),
);

export const runnerEphemeralUnprivileged = rule({
  id: "S16",
  name: "runner-ephemeral-unprivileged",
  level: "mandatory",
  severity: "critical",
  slsa: "Hosted",
  key: "components/runners",
  requires:
    "a set of runners is GitHub's own, and has a group of its own, a maximum, the controller's version label, neither Docker nor privileges, a listener by digest, and no node of workers",
  because: "what a pull request runs must not own the node",
  objects: [
    {
      on: RUNNER_SETS,
      must: all(
        matches("spec.runnerGroup", "."),
        not(oneOf("spec.runnerGroup", ["default", "Default"])),
        atLeast("spec.maxRunners", 1),
        matches("metadata.labels[app.kubernetes.io/version]", "."),
        everyContainer(UNPRIVILEGED, POD),
        everyContainer(LISTENER, "spec.listenerTemplate.spec"),
        NOT_ON_WORKERS,
        every(`${POD}.volumes`, absent("hostPath")),
      ),
    },
    { on: OTHER_RUNNERS, must: any() },
    { on: CHARTS, must: any(absent("values.containerMode.type"), not(is("values.containerMode.type", "dind"))) },
  ],
});

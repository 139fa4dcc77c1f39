import { oneOf, matches, absent, every, all, any, is, not, unlessSet, atLeast } from "../predicates/condition";
import { rule } from "../rule";
import { RUNNER_SETS } from "../views/cluster";

export const runnerEphemeralUnprivileged = rule({
  id: "S16",
  name: "runner-ephemeral-unprivileged",
  level: "mandatory",
  severity: "critical",
  slsa: "Hosted",
  key: "components/runners",
  requires:
    "a set of runners has a group of its own, a maximum, the controller's version label, neither Docker nor privileges, and no node of workers",
  because: "what a pull request runs must not own the node",
  objects: [
    {
      on: RUNNER_SETS,
      must: all(
        matches("spec.runnerGroup", "."),
        not(oneOf("spec.runnerGroup", ["default", "Default"])),
        atLeast("spec.maxRunners", 1),
        matches("metadata.labels[app.kubernetes.io/version]", "."),
        ...["containers", "initContainers"].map((list) =>
          every(
            `spec.template.spec.${list}`,
            all(unlessSet("securityContext.privileged", false), not(matches("image", "dind"))),
          ),
        ),
        any(
          absent("spec.template.spec.nodeSelector[farm.build/role]"),
          not(is("spec.template.spec.nodeSelector[farm.build/role]", "worker")),
        ),
        every("spec.template.spec.volumes", absent("hostPath")),
      ),
    },
  ],
});

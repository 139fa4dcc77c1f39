import { is, matches, every, some, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, ROLE } from "../views/pods";

export const releaseInputsPinned = rule({
  id: "H20",
  name: "release-inputs-pinned",
  level: "mandatory",
  severity: "critical",
  slsa: "Authentic",
  key: "monofarm:release.workspace",
  requires:
    "a pod of a release says by sha256 what it builds (MONOFARM_JOB_DIGEST), and each COMMIT in hexadecimal digits",
  because: "nobody could say what was built",
  objects: [
    {
      on: PODS,
      when: is(ROLE, "release"),
      must: every(
        "spec.containers",
        all(
          some("env", all(is("name", "MONOFARM_JOB_DIGEST"), matches("value", "^[0-9a-f]{64}$"))),
          every("env", any(not(matches("name", "COMMIT$")), matches("value", "^([0-9a-f]{40}|[0-9a-f]{64})$"))),
        ),
      ),
    },
  ],
});

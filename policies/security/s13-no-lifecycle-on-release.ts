import { is, matches, absent, every, any } from "../predicates/condition";
import { rule } from "../rule";
import { LIFECYCLES } from "../views/aws";

export const noLifecycleOnRelease = rule({
  id: "S13",
  name: "no-lifecycle-on-release",
  level: "mandatory",
  severity: "high",
  slsa: "Unforgeable",
  key: "components/artifacts: lifecycle",
  requires: "no rule of a lifecycle lets current versions of releases or provenance expire",
  because: "a release would vanish by itself",
  objects: [
    {
      on: LIFECYCLES,
      when: matches("bucket", "release|provenance"),
      must: every("rules", any(absent("expiration"), is("status", "Disabled"))),
    },
  ],
});

import { DIGEST } from "../predicates/images";
import { is, oneOf, matches, every, some, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { BUILDBARN } from "../views/documents";

export const platformComplete = rule({
  id: "H22",
  name: "platform-complete",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/platform-properties.ts",
  requires:
    "a worker's platform is Arch, OSFamily and container-image by digest, in this order, and its class one of two",
  because: "two architectures would share one queue and one cache key, or an action get cores that it did not ask for",
  objects: [
    {
      on: BUILDBARN,
      when: matches("$file", "^worker"),
      must: every(
        "$content.buildDirectories",
        every(
          "runners",
          all(
            some("platform.properties", all(is("name", "Arch"), oneOf("value", ["amd64", "arm64"]))),
            some("platform.properties", all(is("name", "OSFamily"), is("value", "linux"))),
            every("platform.properties", any(not(is("name", "class")), oneOf("value", ["narrow", "wide"]))),
            some("platform.properties", all(is("name", "container-image"), matches("value", DIGEST))),
          ),
        ),
      ),
    },
  ],
});

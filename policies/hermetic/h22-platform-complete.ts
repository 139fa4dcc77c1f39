import { DIGEST } from "../predicates/images";
import { all, any, every, is, linesMatch, matches, oneOf } from "../predicates/condition";
import { rule } from "../rule";
import { RUNNERS } from "../views/runners";

export const platformComplete = rule({
  id: "H22",
  name: "platform-complete",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/platform-properties.ts",
  requires:
    "a worker's platform is Arch, OSFamily, class and container-image by digest, in this order and once each, and its class, which may be left out, one of two",
  because: "two architectures would share one queue and one cache key, or an action get cores that it did not ask for",
  objects: [
    {
      on: RUNNERS,
      must: all(
        linesMatch("$properties", "^Arch\nOSFamily\n(class\n)?container-image$"),
        every(
          "platform.properties",
          any(
            all(is("name", "Arch"), oneOf("value", ["amd64", "arm64"])),
            all(is("name", "OSFamily"), is("value", "linux")),
            all(is("name", "class"), oneOf("value", ["narrow", "wide"])),
            all(is("name", "container-image"), matches("value", DIGEST)),
          ),
        ),
      ),
    },
  ],
});

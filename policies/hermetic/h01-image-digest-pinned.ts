import { DIGEST, PINNED } from "../predicates/images";
import { matches, absent, every, all, any } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, everyContainer } from "../views/pods";

export const imageDigestPinned = rule({
  id: "H01",
  name: "image-digest-pinned",
  level: "mandatory",
  severity: "critical",
  slsa: "Isolated",
  key: "monofarm:images",
  requires: "every image by its digest, name@sha256:<64 hexadecimal digits>",
  because: "a tag moves: the same farm would build in another image tomorrow",
  objects: [
    {
      on: PODS,
      must: all(
        everyContainer(PINNED),
        every("spec.volumes", any(absent("image"), matches("image.reference", DIGEST))),
      ),
    },
  ],
});

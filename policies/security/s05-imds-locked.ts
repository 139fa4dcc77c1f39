import { is, all } from "../predicates/condition";
import { rule } from "../rule";
import { LAUNCH_TEMPLATES, NODE_CLASSES } from "../views/aws";

export const imdsLocked = rule({
  id: "S05",
  name: "imds-locked",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "monofarm:platform.pools",
  requires: "launch templates ask for IMDSv2 tokens and stop them at the first hop",
  because: "a pod could take the role of its node",
  objects: [
    {
      on: LAUNCH_TEMPLATES,
      must: all(is("metadataOptions.httpTokens", "required"), is("metadataOptions.httpPutResponseHopLimit", 1)),
    },
    {
      on: NODE_CLASSES,
      must: all(
        is("spec.metadataOptions.httpTokens", "required"),
        is("spec.metadataOptions.httpPutResponseHopLimit", 1),
      ),
    },
  ],
});

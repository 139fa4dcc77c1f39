import { all, is } from "../predicates/condition";
import { rule } from "../rule";
import { LAUNCH_TEMPLATES, NODE_CLASSES, NODE_GROUPS } from "../views/aws";

export const imdsLocked = rule({
  id: "S05",
  name: "imds-locked",
  level: "mandatory",
  severity: "critical",
  slsa: "Unforgeable",
  key: "monofarm:platform.pools",
  requires: "each node group has a launch template, and these ask for IMDSv2 tokens and stop them at the first hop",
  because: "a pod could take the role of its node",
  objects: [
    // What EKS makes itself answers at the second hop: to pods.
    { on: NODE_GROUPS, must: is("$template", "its own") },
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

import { matches, present, absent, every, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { CLUSTERS, NODE_GROUPS, ADDONS, NODE_CLASSES } from "../views/aws";

export const amiAndVersionPinned = rule({
  id: "H10",
  name: "ami-and-version-pinned",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "monofarm:platform: version, amiRelease, addons",
  requires: "a version of the cluster and of each add-on, and a release or launch template of each node group",
  because: "kernel and userland would drift under the builds",
  objects: [
    { on: CLUSTERS, must: matches("version", ".") },
    { on: ADDONS, must: matches("addonVersion", ".") },
    { on: NODE_GROUPS, must: any(matches("releaseVersion", "."), present("launchTemplate")) },
    { on: NODE_CLASSES, must: every("spec.amiSelectorTerms", any(absent("alias"), not(matches("alias", "@latest$")))) },
  ],
});

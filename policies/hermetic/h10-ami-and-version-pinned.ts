import { absent, all, any, every, matches, present } from "../predicates/condition";
import { rule } from "../rule";
import { CLUSTERS, NODE_GROUPS, ADDONS, NODE_CLASSES } from "../views/aws";

const ONE_IMAGE = any(matches("id", "^ami-[0-9a-f]+$"), matches("alias", "@v?[0-9][0-9.]*$"));

export const amiAndVersionPinned = rule({
  id: "H10",
  name: "ami-and-version-pinned",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "monofarm:platform: version, amiRelease, addons",
  requires:
    "a version of the cluster and of each add-on, a release or a numbered version of a launch template of each node group, and images of Karpenter's nodes by id or by the version of an alias",
  because: "kernel and userland would drift under the builds",
  objects: [
    { on: CLUSTERS, must: matches("version", ".") },
    { on: ADDONS, must: matches("addonVersion", ".") },
    {
      on: NODE_GROUPS,
      must: any(
        all(absent("launchTemplate"), matches("releaseVersion", ".")),
        matches("launchTemplate.version", "^[0-9]+$"),
      ),
    },
    { on: NODE_CLASSES, must: all(present("spec.amiSelectorTerms"), every("spec.amiSelectorTerms", ONE_IMAGE)) },
  ],
});

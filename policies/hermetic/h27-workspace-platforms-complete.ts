import { every } from "../predicates/condition";
import { PLATFORM_COMPLETE } from "../predicates/workspace";
import { rule } from "../rule";
import { PLATFORMS } from "../views/workspace";

export const workspacePlatformsComplete = rule({
  id: "H27",
  name: "workspace-platforms-complete",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "exec_properties of the workspace's platforms",
  requires: "exec_properties name Arch, OSFamily, class and container-image by digest, and one image for each Arch",
  because: "actions would run in whatever image a tag means, or in two, and without class no worker takes them",
  objects: [{ on: PLATFORMS, must: every("$content.platforms", PLATFORM_COMPLETE) }],
});

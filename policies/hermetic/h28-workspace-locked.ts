import { all, is, present } from "../predicates/condition";
import { RESOLVERS_LOCKED } from "../predicates/workspace";
import { rule } from "../rule";
import { CALLS, MODULES } from "../views/workspace";

export const workspaceLocked = rule({
  id: "H28",
  name: "workspace-locked",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "MODULE.bazel.lock, --lockfile_mode, and lock files of maven, pip and apt",
  requires: "a lock file for modules, which --lockfile_mode=error enforces, and for each resolver of packages",
  because: "a registry would choose the versions when the build runs",
  objects: [
    { on: MODULES, must: all(present("lock.lockFileVersion"), is("flags.set.lockfile_mode", "error")) },
    { on: CALLS, must: RESOLVERS_LOCKED },
  ],
});

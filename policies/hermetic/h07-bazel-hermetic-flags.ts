import { HERMETIC_FLAGS } from "../predicates/bazel";
import { rule } from "../rule";
import { BAZEL } from "../views/bazel";

export const bazelHermeticFlags = rule({
  id: "H07",
  name: "bazel-hermetic-flags",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: ".bazelrc or the pod's arguments",
  requires:
    "--incompatible_strict_action_env, --nostamp, --nohome_rc, --nosystem_rc, a value in each --action_env, --test_env and --repo_env, no --workspace_status_command, no --lockfile_mode but error, and no import of what is not beside the rc file",
  because: "variables and rc files of the client would change what is built",
  objects: [{ on: BAZEL, must: HERMETIC_FLAGS }],
});

import { absent, all, type Condition, every, is, matches, not, present, some, unlessSet } from "./condition";

// Of flags as of `bazelFlags` in views/bazel-flags.ts; `$content` is what a view puts them under.
const set = (name: string) => `$content.set.${name}`;

/** Results of the client's own machine stay there, and nothing is built on it. */
export const NO_LOCAL_RESULTS: Condition = all(
  is(set("remote_upload_local_results"), false),
  unlessSet(set("remote_local_fallback"), false),
  ...["spawn_strategy", "genrule_strategy"].map((name) => unlessSet(set(name), "remote")),
  every("$content.strategies", matches("", "=remote$")),
  ...["dynamic_local_strategy", "experimental_spawn_scheduler", "internal_spawn_scheduler"].map((name) =>
    absent(set(name)),
  ),
);

/** No variable, rc file or stamp of the client's. */
export const HERMETIC_FLAGS: Condition = all(
  is(set("incompatible_strict_action_env"), true),
  is(set("stamp"), false),
  is(set("home_rc"), false),
  is(set("system_rc"), false),
  unlessSet(set("lockfile_mode"), "error"),
  unlessSet(set("workspace_status_command"), ""),
  every("$content.environment", matches("", "=.*=")),
  not(some("$content.missing", present(""))),
);

/** Neither build events nor a cache at another service. */
export const NO_FOREIGN_SERVICES: Condition = all(
  unlessSet(set("bes_backend"), ""),
  unlessSet(set("remote_cache"), ""),
  unlessSet(set("disk_cache"), ""),
);

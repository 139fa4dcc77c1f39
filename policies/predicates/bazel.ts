import { absent, all, any, type Condition, every, is, matches, not, unlessSet } from "./condition";

// Of flags as of `bazelFlags` in views/bazel-flags.ts; `$content` is what a view puts them under.
const set = (name: string) => `$content.set.${name}`;

/** Results of the client's own machine stay there, and nothing is built on it. */
export const NO_LOCAL_RESULTS: Condition = all(
  is(set("remote_upload_local_results"), false),
  unlessSet(set("remote_local_fallback"), false),
  ...["spawn_strategy", "genrule_strategy"].map((name) =>
    any(absent(set(name)), not(matches(set(name), "local|sandbox|standalone|worker"))),
  ),
);

/** No variable, rc file or stamp of the client's. */
export const HERMETIC_FLAGS: Condition = all(
  is(set("incompatible_strict_action_env"), true),
  is(set("stamp"), false),
  is(set("home_rc"), false),
  is(set("system_rc"), false),
  unlessSet(set("lockfile_mode"), "error"),
  every("$content.actionEnv", matches("", "=")),
);

/** Neither build events nor a cache at another service. */
export const NO_FOREIGN_SERVICES: Condition = all(
  unlessSet(set("bes_backend"), ""),
  unlessSet(set("remote_cache"), ""),
  unlessSet(set("disk_cache"), ""),
);

import { absent, all, any, atMost, type Condition, every, is, matches, not, oneOf } from "./condition";
import { DIGEST } from "./images";

const given = (keyword: string) => matches(`with[${keyword}]`, ".");
const isRule = (...names: readonly string[]) => oneOf("rule", names);
const implies = (when: Condition, then: Condition) => any(not(when), then);

/** Rules that fetch one file, which must be the one of its hash. */
const ARCHIVES = ["http_archive", "http_file", "http_jar", "archive_override"];
const CHECKOUTS = ["git_repository", "new_git_repository", "git_override"];
const OF_THIS_MACHINE = ["local_repository", "new_local_repository", "local_path_override"];

/** What a workspace fetches is the same for everybody. */
export const FETCHES_PINNED: Condition = every(
  "$content.calls",
  all(
    implies(isRule(...ARCHIVES), any(given("sha256"), given("integrity"))),
    implies(isRule(...CHECKOUTS), all(matches("with.commit", "^[0-9a-f]{40}$"), absent("with.branch"))),
    not(isRule(...OF_THIS_MACHINE)),
  ),
);

/** Rules that ask a registry which versions there are, by the keyword that names their lock file. */
const RESOLVERS: Readonly<Record<string, string>> = {
  maven_install: "maven_install_json",
  "maven.install": "lock_file",
  pip_parse: "requirements_lock",
  "pip.parse": "requirements_lock",
  "apt.install": "lock",
};

/** Versions of packages come from lock files. */
export const RESOLVERS_LOCKED: Condition = every(
  "$content.calls",
  all(...Object.entries(RESOLVERS).map(([name, keyword]) => implies(isRule(name), given(keyword)))),
);

/** A platform asks for one kind of worker, by an image that cannot move, and no other platform for another image. */
export const PLATFORM_COMPLETE: Condition = all(
  oneOf("properties.Arch", ["amd64", "arm64"]),
  is("properties.OSFamily", "linux"),
  oneOf("properties.class", ["narrow", "wide"]),
  matches("properties[container-image]", `^docker://.*${DIGEST}`),
  atMost("images", 1),
);

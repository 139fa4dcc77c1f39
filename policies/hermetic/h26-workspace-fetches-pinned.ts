import { FETCHES_PINNED } from "../predicates/workspace";
import { rule } from "../rule";
import { CALLS } from "../views/workspace";

export const workspaceFetchesPinned = rule({
  id: "H26",
  name: "workspace-fetches-pinned",
  level: "mandatory",
  severity: "high",
  slsa: "beyond L3: hermetic",
  key: "the workspace's Starlark: integrity, commit",
  requires: "a hash for each archive, a commit for each git repository, and no repository of one machine",
  because: "the same label would mean other sources tomorrow, or elsewhere",
  objects: [{ on: CALLS, must: FETCHES_PINNED }],
});

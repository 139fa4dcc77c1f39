import type { Purpose } from "../purposes";

/** Buckets whose objects are named by their content: what is there is never written again. */
export const ADDED_ONCE: readonly Purpose[] = ["sources", "matrix", "release", "provenance"];

/** Who adds to buckets; nobody deletes a version. */
export type Writer = "planner" | "client" | "publisher";

/** What each writer may read and add to, and which objects (`<purpose>/<pattern>`) it may put an end to: versions stay. */
export const WRITERS: Readonly<
  Record<
    Writer,
    { readonly read: readonly Purpose[]; readonly write: readonly Purpose[]; readonly remove?: readonly string[] }
  >
> = {
  /** Submits a release: stores sources, workspace and lists of shards; reads what came of it. */
  planner: { read: ["sources", "matrix", "logs"], write: ["sources", "matrix"] },
  /** A pod of a release: builds a list of shards; what an earlier try left in the logs is not its own. */
  client: { read: ["sources", "matrix", "release"], write: ["release", "logs"], remove: ["logs/*/result.json"] },
  /** Vouches for what was built, and shows it to the world. */
  publisher: { read: ["release", "provenance", "repo", "logs"], write: ["provenance", "repo"] },
};

/** Days after which objects go, and after which old versions of them do. Nothing that was released ever goes. */
export const EXPIRY: Readonly<Partial<Record<Purpose, { readonly days?: number; readonly oldVersionDays: number }>>> = {
  matrix: { days: 365, oldVersionDays: 30 },
  repo: { oldVersionDays: 90 },
  logs: { days: 400, oldVersionDays: 30 },
};

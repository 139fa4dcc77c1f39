/** What a farm keeps, each in a bucket of its own, on whichever service. */
export const PURPOSES = ["sources", "matrix", "release", "provenance", "repo", "logs"] as const;

/** The purpose of a bucket. */
export type Purpose = (typeof PURPOSES)[number];

/** Buckets that nobody at all can change or empty, while their locks last. */
export const LOCKED: readonly Purpose[] = ["release", "provenance"];

import { createHash } from "node:crypto";

import { isRed, type Verdict } from "./verdict";

/** sha256 in hex over label, architecture, artifact and bytes of every green target: what a release came to. */
export function releaseDigest(verdicts: readonly Verdict[]): string {
  const lines = verdicts
    .filter((verdict) => !isRed(verdict) && verdict.status !== "pending")
    .map(({ label, architecture, sha256, size }) => JSON.stringify([label, architecture, sha256, size]));
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

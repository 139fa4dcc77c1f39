import { readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../components/user-error";
import { RULES } from "../policies/rules";
import { readTuning, type Tuning, TuningError } from "../policies/tuning";
import type { PlatformKind } from "./outputs";

/**
 * How a stack of a place tunes the rules: `stacks/policies/<kind>.json`, which Pulumi gives the packs too.
 * @throws UserError naming the file and key, what was found and what is allowed
 */
export function tuningOf(kind: PlatformKind): Tuning {
  const written = JSON.parse(readFileSync(join(__dirname, "policies", `${kind}.json`), "utf8")) as object;
  return tuningIn(written, join("stacks", "policies", `${kind}.json`));
}

/** What is written in a file. @throws UserError */
export function tuningIn(written: object, file: string): Tuning {
  try {
    return readTuning(written, RULES, file);
  } catch (error) {
    if (!(error instanceof TuningError)) throw error;
    throw new UserError(error.where, error.found, error.allowed);
  }
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { readJson } from "../components/json";
import { show } from "../components/matrix/mistakes";
import { UserError } from "../components/user-error";
import { RULES } from "../policies/rules";
import { readTuning, type Tuning, TuningError } from "../policies/tuning";
import type { PlatformKind } from "./outputs";

const ALLOWED = "{}, or an object of how rules are tuned, by name of the policy";
const schema = z.record(z.string(), z.unknown(), { error: ({ input }) => show(input) });

/**
 * How a stack of a place tunes the rules: `stacks/policies/<kind>.json`, which Pulumi gives the packs too.
 * @throws UserError naming the file and key, what was found and what is allowed
 */
export function tuningOf(kind: PlatformKind): Tuning {
  const text = readFileSync(join(__dirname, "policies", `${kind}.json`), "utf8");
  return tuningIn(text, join("stacks", "policies", `${kind}.json`));
}

/** What is written in a file. @throws UserError */
export function tuningIn(text: string, file: string): Tuning {
  try {
    return readTuning(readJson(file, text, schema, ALLOWED), RULES, file);
  } catch (error) {
    if (!(error instanceof TuningError)) throw error;
    throw new UserError(error.where, error.found, error.allowed);
  }
}

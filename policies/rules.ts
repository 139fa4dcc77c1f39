import { HERMETIC } from "./hermetic/rules";
import type { Rule } from "./rule";
import { SECURITY } from "./security/rules";

/** The rules of both packs. */
export const RULES: readonly Rule[] = [...HERMETIC, ...SECURITY];

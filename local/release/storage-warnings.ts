import type { ReleasePlan } from "../../components/matrix/plan";
import { storageWarnings } from "../../components/matrix/storage-plan";
import { UserError } from "../../components/user-error";
import type { FarmOutputs } from "../../stacks/outputs";
import { paint } from "../terminal/colour";
import type { Progress } from "../terminal/progress";

/**
 * Says what the farm's storage has too little of for a release, before anything of it starts.
 * @returns the lines that were said
 * @throws UserError for a farm that an older version made, which does not tell its storage
 */
export function warnOfStorage(
  { workingSet }: Pick<ReleasePlan, "workingSet">,
  { storage }: Partial<Pick<FarmOutputs, "storage">>,
  progress: Pick<Progress, "line">,
): readonly string[] {
  if (storage === undefined)
    throw new UserError("stack local: storage", "nothing", "a farm of this version: ./farm up");
  const warnings = storageWarnings(workingSet, storage);
  for (const warning of warnings) progress.line(paint("yellow", `! ${warning}`));
  return warnings;
}

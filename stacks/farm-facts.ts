import { readFileSync } from "node:fs";

import { UserError } from "../components/user-error";
import type { FarmOutputs } from "./outputs";

/**
 * What a release asks of the farm that builds it. None of it is secret, but for the contents of a kubeconfig, where a stack
 * on any cluster has those and not a path.
 */
export const FARM_FACTS = [
  "endpoint",
  "s3",
  "workerImages",
  "clientImage",
  "gatewayImage",
  "imagePullPolicy",
  "pools",
  "storage",
  "clientPool",
  "namespace",
  "kubeconfig",
  "platform",
  "egress",
] as const satisfies readonly (keyof FarmOutputs)[];

/** A farm as those know it who cannot read its stack's state: with the state they would have its secrets. */
export type FarmFacts = Pick<FarmOutputs, (typeof FARM_FACTS)[number]>;

/** Whether a release names its farm by a file with its facts, not by its stack. */
export function isFactsFile(farm: string): boolean {
  return farm.endsWith(".json");
}

/**
 * Reads the facts of a farm: `pulumi stack output --json`, or what the farm tells its repository on GitHub.
 * @throws UserError naming the file, where it is none or a fact is missing
 */
export function readFacts(file: string): FarmFacts {
  const allowed = "what pulumi stack output --json says of a farm";
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(file, error instanceof Error ? error.message : String(error), allowed);
  }
  const facts = (found ?? {}) as Partial<FarmFacts>;
  const missing = FARM_FACTS.find((fact) => facts[fact] === undefined);
  if (missing !== undefined) throw new UserError(`${file}: ${missing}`, "nothing", allowed);
  return facts as FarmFacts;
}

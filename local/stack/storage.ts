import { readdirSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import type { StorageDemand } from "../../components/buildbarn/storage";
import { UserError } from "../../components/user-error";
import { checkConfig } from "../../stacks/config/check";
import { FARM_SLICES } from "../../stacks/config/farm";
import { storageDemand, storageSlice } from "../../stacks/config/storage";
import { CHECKOUT } from "../directories";
import { asTexts, committedConfig, committedFile, type StackFile } from "./stack-file";

/** Every key of a farm's stack; what is said of the others than the storage may be wrong, or not said yet. */
const SLICES = {
  ...Object.fromEntries(Object.keys(FARM_SLICES).map((key) => [key, z.unknown()])),
  program: FARM_SLICES.program,
  storage: storageSlice,
};

/**
 * The storage that the checkout gives a farm's stack.
 * @param where how messages name what the stack was named by
 * @throws UserError for a stack that is none of a farm, or whose storage is wrong, by its key
 */
export function committedStorage(stack: string, where: string): StorageDemand {
  const farms = readdirSync(join(CHECKOUT, "stacks"))
    .flatMap((name) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(name)?.[1] ?? [])
    .filter((name) => committedConfig(name)["monofarm:program"] !== "release");

  if (!farms.includes(stack)) throw new UserError(where, stack || "nothing", farms.sort().join(", "));
  return storageIn(committedConfig(stack), committedFile(stack));
}

/** The storage that a farm's stack has. @param file that says it, for errors */
export function storageIn(config: NonNullable<StackFile["config"]>, file: string): StorageDemand {
  return storageDemand(checkConfig(SLICES, asTexts(config), file).storage);
}

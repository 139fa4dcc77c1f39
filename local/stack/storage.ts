import { readdirSync } from "node:fs";
import { join } from "node:path";

import type { StorageDemand } from "../../components/buildbarn/storage";
import { UserError } from "../../components/user-error";
import { checkConfig } from "../../stacks/config/check";
import { FARM_SLICES, storageDemand } from "../../stacks/config/farm";
import { CHECKOUT } from "../directories";
import { committedConfig, committedFile } from "./stack-file";

const { storage } = FARM_SLICES;

/**
 * The storage that the checkout gives a farm's stack.
 * @param where how messages name what the stack was named by
 * @throws UserError for a stack that is none of a farm, or whose storage is wrong, by its key
 */
export function committedStorage(stack: string, where: string): StorageDemand {
  const farms = readdirSync(join(CHECKOUT, "stacks"))
    .flatMap((name) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(name)?.[1] ?? [])
    .filter((name) => "monofarm:storage" in committedConfig(name));

  if (!farms.includes(stack)) throw new UserError(where, stack || "nothing", farms.sort().join(", "));
  const raw = { "monofarm:storage": JSON.stringify(committedConfig(stack)["monofarm:storage"]) };
  return storageDemand(checkConfig({ storage }, raw, committedFile(stack)).storage);
}

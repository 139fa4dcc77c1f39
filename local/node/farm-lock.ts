import { join } from "node:path";

import { CACHE, NAME } from "../directories";
import { withLock } from "../toolbox/lock";

/** Runs `work` while no other command starts or stops the farm of this name. */
export function withFarm<T>(work: () => Promise<T>): Promise<T> {
  const waiting = () => {
    process.stderr.write(`Another ./farm starts or stops ${NAME}: waiting for it\n`);
  };
  return withLock(join(CACHE, "farms", `${NAME}.lock`), waiting, work);
}

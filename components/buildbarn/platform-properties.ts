import type { Architecture } from "../platform/platform";
import type { WorkerClass } from "./worker-class";

/** A platform property; BuildBarn matches the whole list, literally. */
export interface PlatformProperty {
  readonly name: string;
  readonly value: string;
}

/**
 * The platform of one class of an architecture's workers, sorted by name as BuildBarn demands.
 *
 * The scheduler's queue, the workers and the clients must all carry exactly this list: one property more or less and
 * an action finds no worker.
 * @param workerImage reference by digest, `registry/name@sha256:…`
 */
export function platformProperties(
  architecture: Architecture,
  workerClass: WorkerClass,
  workerImage: string,
): readonly PlatformProperty[] {
  return [
    { name: "Arch", value: architecture },
    { name: "OSFamily", value: "linux" },
    { name: "class", value: workerClass },
    { name: "container-image", value: `docker://${workerImage}` },
  ];
}

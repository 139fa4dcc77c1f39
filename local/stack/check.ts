import type { Architecture } from "../../components/platform/platform";
import { checkConfig } from "../../stacks/config/check";
import { crossCheckFarm, FARM_SLICES } from "../../stacks/config/farm";
import { RELEASE_SLICES } from "../../stacks/config/release";
import { farmValues } from "./machine";
import { asTexts, committedConfig, committedFile } from "./stack-file";

/** Stands for what is made later: any image. */
const LATER = `later@sha256:${"0".repeat(64)}`;
const IMAGES = {
  buildbarn: LATER,
  client: LATER,
  s3: LATER,
  prometheus: LATER,
  worker: LATER,
  "worker-arm64": LATER,
};

/**
 * Checks what the checkout says about the farm of this machine, before anything is fetched or built for it.
 * @throws UserError with every mistake: the key, what was found, what is allowed
 */
export function checkFarmConfig(architectures: readonly Architecture[]): void {
  const committed = committedConfig("local");
  const values = { ...committed, ...farmValues(IMAGES, architectures, committed) };
  checkConfig(FARM_SLICES, asTexts(values), committedFile("local"), crossCheckFarm);
}

/** The same for its releases. */
export function checkReleaseConfig(committed: Readonly<Record<string, unknown>> = committedConfig("release")): void {
  const release = committed["monofarm:release"];
  const isRecord = typeof release === "object" && release !== null && !Array.isArray(release);
  const values = isRecord ? { ...committed, "monofarm:release": { ...release, workspace: "0".repeat(64) } } : committed;
  checkConfig(RELEASE_SLICES, asTexts(values), committedFile("release"));
}

import { enableEmulation, installPackages } from "../node/machine";
import { bundlePrograms } from "../release/bundle";
import type { Progress } from "../terminal/progress";
import { ensureTools, type Tools } from "../toolbox/toolbox";
import { ensureImages, type Image } from "./images";

/**
 * Makes whatever the farm's images take, and them: Debian's packages, an emulator where another architecture asks for
 * one, tools. Needs the outside world, unless all of it is there.
 */
export async function prepareImages(
  architectures: readonly ("amd64" | "arm64")[],
  progress: Progress,
): Promise<{ readonly tools: Tools; readonly images: readonly Image[] }> {
  const emulation = architectures.includes("arm64") && process.arch !== "arm64";
  await installPackages(emulation, progress);
  if (emulation) await enableEmulation();
  const tools = await ensureTools(progress);
  return { tools, images: await ensureImages(tools, await bundlePrograms(), architectures, progress) };
}

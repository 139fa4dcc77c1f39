import { run } from "../run";
import type { Progress } from "../terminal/progress";
import type { Image } from "./images";

/** Gives containerd the images that it does not have, under their references by digest. */
export async function importImages(socket: string, images: readonly Image[], progress: Progress): Promise<void> {
  const ctr = (...args: string[]) => run("ctr", ["--address", socket, "--namespace", "k8s.io", "images", ...args]);
  const present = new Set((await ctr("list", "--quiet")).split("\n"));
  for (const { name, reference, tar } of images.filter((image) => !present.has(image.reference))) {
    await progress.task(`Import image ${name}`, name === "client" || name.startsWith("worker") ? 25 : 2, async () => {
      const base = reference.split("@")[0] ?? "";
      await ctr("import", "--base-name", base, "--digests", "--all-platforms", tar);
    });
  }
}

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../components/user-error";
import { CACHE } from "../directories";
import { CommandError, run } from "../run";
import type { Progress } from "../terminal/progress";
import { sweep, withLock } from "../toolbox/lock";
import { checkSpace } from "../toolbox/space";
import type { Image } from "./images";
import { pushedName } from "./registry-names";

/** An image in a registry. */
export interface PushedImage {
  readonly name: Image["name"];
  /** `registry.example/monofarm/client@sha256:…` */
  readonly reference: string;
  /** Whether this run brought it there. */
  readonly pushed: boolean;
}

const IMAGES = join(CACHE, "images");

const MIB = 2 ** 20;

/** MiB a second that an estimate takes for granted: a line of 100 Mbit/s. */
const MIB_A_SECOND = 12;

/** What to do where a registry takes no image. */
const TAKES =
  "a registry that takes it: signed in (docker login, or a credential helper), and with the repository there already where the registry makes none itself, as ECR";

/** References that images have, or would have, below a registry; those that this machine's farm alone runs are left out. */
export function registryReferences(registry: string, images: readonly Image[]): PushedImage[] {
  return images.flatMap(({ name, reference }) => {
    const below = pushedName(name);
    if (below === undefined) return [];
    return { name, reference: `${registry}/${below}@${digestIn(reference)}`, pushed: false };
  });
}

/**
 * Brings the images to a registry that does not have them yet, each under a tag that is its digest: a tag keeps an image,
 * and need never move. Credentials are crane's own: Docker's configuration.
 * @param crane path of the program
 * @param registry as `checkRegistry` allows it
 * @throws UserError where the registry takes one not, or tells another digest than the image's
 */
export async function pushImages(
  crane: string,
  registry: string,
  images: readonly Image[],
  progress: Progress,
): Promise<PushedImage[]> {
  const waiting = () => {
    progress.line("Another ./farm pushes images: waiting for it");
  };
  return withLock(join(IMAGES, "push.lock"), waiting, async () => {
    sweep(IMAGES, "pushing-");
    const pushed: PushedImage[] = [];
    for (const image of images) {
      for (const found of registryReferences(registry, [image]))
        pushed.push({ ...found, pushed: await pushOne(crane, found.reference, image.tar, progress) });
    }
    return pushed;
  });
}

/** Gives whether the image had to be brought. */
async function pushOne(crane: string, reference: string, tar: string, progress: Progress): Promise<boolean> {
  const digest = digestIn(reference);
  const repository = reference.slice(0, -digest.length - 1);
  const tagged = `${repository}:${digest.replace("sha256:", "")}`;
  // Whatever keeps the registry from telling, a push says better.
  const held = await digestOf(crane, tagged).catch(unlessCommand);
  if (held === undefined) {
    const mebibytes = Math.ceil(statSync(tar).size / MIB);
    await progress.task(`Push ${repository}`, mebibytes / MIB_A_SECOND, async (report) => {
      report.note(`(${mebibytes} MiB)`);
      checkSpace("to push an image", [{ directory: IMAGES, mebibytes }]);
      await pushTar(crane, tar, tagged);
    });
  }
  const told = held ?? (await digestOf(crane, tagged));
  if (told !== digest) throw new UserError(tagged, told, `${digest}, which is the image's`);
  return held === undefined;
}

/** @throws UserError with crane's last line, where the registry does not take it */
async function pushTar(crane: string, tar: string, tagged: string): Promise<void> {
  const layout = mkdtempSync(join(IMAGES, "pushing-"));
  try {
    await run("tar", ["--extract", `--file=${tar}`, "--directory", layout]);
    await run(crane, ["push", layout, tagged]);
  } catch (error) {
    if (!(error instanceof CommandError) || !error.command.startsWith(crane)) throw error;
    const line = error.output.trim().split("\n").at(-1) ?? "";
    throw new UserError(tagged, line.replace(/^Error: /, "") || "a push that failed", TAKES);
  } finally {
    rmSync(layout, { recursive: true, force: true });
  }
}

/** What the registry says of a tag. */
async function digestOf(crane: string, tagged: string): Promise<string> {
  return (await run(crane, ["digest", tagged])).trim();
}

function unlessCommand(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

function digestIn(reference: string): string {
  return reference.slice(reference.indexOf("@") + 1);
}

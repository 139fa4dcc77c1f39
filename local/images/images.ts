import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { CACHE } from "../directories";
import type { Programs } from "../release/bundle";
import type { Progress, Report } from "../terminal/progress";
import { checkSpace } from "../toolbox/space";
import { Digests } from "../toolbox/digests";
import { sweep, withLock } from "../toolbox/lock";
import type { Tools } from "../toolbox/toolbox";
import { assemble } from "./assemble";
import { type ImageName, type ImageSpec, imageSpecs } from "./catalog";
import { debianArguments, type DebianRoot, makeDebianRoot } from "./debian";
import { layerFacts, packLayer, PACKING } from "./layer";

/** An image on this machine's disk. */
export interface Image {
  readonly name: ImageName;
  /** `monofarm.local/<name>@sha256:…` */
  readonly reference: string;
  /** OCI layout in a tar. */
  readonly tar: string;
}

const IMAGES = join(CACHE, "images");

/** MiB that the largest image takes while it is made: root, layer, layout and tar. */
const LARGEST_MIB = 3000;

/**
 * Makes every image that is not there yet. An image stays in `CACHE/images/<name>/<key>`, under a key of all that goes
 * into it, until that changes.
 */
export async function ensureImages(
  tools: Tools,
  programs: Programs,
  architectures: readonly ("amd64" | "arm64")[],
  progress: Progress,
): Promise<Image[]> {
  const digests = new Digests(join(CACHE, "images", "digests.json"));
  const images: Image[] = [];
  for (const spec of imageSpecs(tools, programs, architectures))
    images.push(await ensure(spec, tools, digests, progress));
  return images;
}

/** References by name. */
export function references(images: readonly Image[]): Partial<Record<ImageName, string>> {
  return Object.fromEntries(images.map(({ name, reference }) => [name, reference]));
}

async function ensure(spec: ImageSpec, tools: Tools, digests: Digests, progress: Progress): Promise<Image> {
  const directory = join(IMAGES, spec.name, await imageKey(spec, digests));
  if (!existsSync(directory)) {
    const waiting = () => {
      progress.line(`Another ./farm makes the image ${spec.name}: waiting for it`);
    };
    await withLock(join(IMAGES, `${spec.name}.lock`), waiting, async () => {
      if (existsSync(directory)) return;
      checkSpace(`to make the image ${spec.name}`, [{ directory, mebibytes: spec.debian ? LARGEST_MIB : 500 }]);
      await progress.task(`Make image ${spec.name}`, spec.seconds, (report) => make(spec, tools, directory, report));
    });
  }
  const digest = readFileSync(join(directory, "digest"), "utf8").trim();
  return { name: spec.name, reference: `monofarm.local/${spec.name}@${digest}`, tar: join(directory, "image.tar") };
}

async function imageKey(spec: ImageSpec, digests: Digests): Promise<string> {
  const copies = new Map<string, string>();
  for (const file of Object.values(spec.files))
    if ("copy" in file) copies.set(file.copy, await digests.sha256(file.copy));
  const files = layerFacts(spec.files, (path) => copies.get(path) ?? "");
  return hash([PACKING, files, spec.config, spec.debian === undefined ? null : debianArguments(spec.debian, "")]);
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

async function make(spec: ImageSpec, tools: Tools, directory: string, report: Report): Promise<void> {
  const parent = join(directory, "..");
  mkdirSync(parent, { recursive: true });
  sweep(parent, "making-");
  const work = mkdtempSync(join(parent, "making-"));
  try {
    const layers: string[] = spec.debian === undefined ? [] : [await debianLayer(spec.debian, spec.name, report)];
    if (Object.keys(spec.files).length > 0) {
      const files = join(work, "files.tar");
      await packLayer(spec.files, files);
      layers.push(files);
    }
    report.note("(assembling)");
    const digest = await assemble(tools.crane.path, layers, spec.config, join(work, "image.tar"));
    writeFileSync(join(work, "digest"), `${digest}\n`);
    rmSync(join(work, "files.tar"), { force: true });
    renameSync(work, directory);
    report.note("");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where the root of an image is kept, once it was made. */
export function debianTar(root: DebianRoot): string {
  return join(IMAGES, "debian", `${hash(debianArguments(root, ""))}.tar`);
}

/** The root alone is kept too: a change of what lies above it must not fetch hundreds of packages again. */
async function debianLayer(root: DebianRoot, name: string, report: Report): Promise<string> {
  const tar = debianTar(root);
  if (existsSync(tar)) return tar;
  mkdirSync(join(IMAGES, "debian"), { recursive: true });
  sweep(dirname(tar), `${basename(tar)}.`);
  const log = join(CACHE, "logs", `image-${name}.log`);
  rmSync(log, { force: true });
  const partial = `${tar}.${process.pid}`;
  try {
    await makeDebianRoot(root, partial, log, report);
    renameSync(partial, tar);
  } finally {
    rmSync(partial, { force: true });
  }
  return tar;
}

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "../run";

/** A file of a layer: a copy of a file of this machine, a text, or a symbolic link. */
export type LayerFile =
  | { readonly copy: string; readonly mode: number }
  | { readonly text: string; readonly mode: number }
  | { readonly link: string };

/** A folder tree: files by absolute path inside the image, all owned by root; folders have mode 755. */
export type LayerFiles = Readonly<Record<string, LayerFile>>;

/** Time of every file of every image, in seconds since 1970: 1 January 1980, the earliest that zip can hold. */
export const IMAGE_TIME = 315532800;

/** How tar packs a layer, so that the same files give the same bytes. */
export const PACKING = [
  "--sort=name",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  `--mtime=@${IMAGE_TIME}`,
  "--format=gnu",
  "--mode=u+rwX,go=rX",
] as const;

/** Packs files as a layer; the same files give the same bytes. */
export async function packLayer(files: LayerFiles, tar: string): Promise<void> {
  const root = mkdtempSync(join(dirname(tar), "root-"));
  try {
    for (const [path, file] of Object.entries(files)) {
      const target = join(root, path);
      mkdirSync(dirname(target), { recursive: true });
      if ("link" in file) symlinkSync(file.link, target);
      else {
        if ("copy" in file) copyFileSync(file.copy, target);
        else writeFileSync(target, file.text);
        chmodSync(target, file.mode);
      }
    }
    await run("tar", ["--create", ...PACKING, `--file=${tar}`, "--directory", root, "."]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The applets of busybox that the farm's init containers and shells use. */
const APPLETS = ["cat", "chmod", "cp", "ls", "mkdir", "rm", "sh", "sleep", "wget"];

/** A static busybox with its applets. */
export function busybox(program: string): LayerFiles {
  const applets = APPLETS.map((applet) => [`/bin/${applet}`, { link: "busybox" }] as const);
  return { "/bin/busybox": { copy: program, mode: 0o755 }, ...Object.fromEntries(applets) };
}

/** What a layer's bytes depend on, for a key: paths of copies are replaced by their digest. */
export function layerFacts(files: LayerFiles, digest: (file: string) => string): unknown {
  return Object.entries(files).map(([path, file]) => [path, "copy" in file ? [digest(file.copy), file.mode] : file]);
}

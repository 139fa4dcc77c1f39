import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

import { CACHE, CHECKOUT } from "../directories";
import { run } from "../run";

/** A Bazel workspace as one file. */
export interface Workspace {
  readonly sha256: string;
  readonly tar: string;
}

/** Packs a folder of the checkout; the same files give the same bytes, on whichever machine. */
export async function packWorkspace(folder: string): Promise<Workspace> {
  const directory = join(CACHE, "workspaces");
  mkdirSync(directory, { recursive: true });
  const partial = join(directory, `partial.${process.pid}`);
  await run("tar", [
    ...["--create", `--file=${partial}`, `--directory=${join(CHECKOUT, folder)}`, "--format=gnu", "--sort=name"],
    ...["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=u+rwX,go=rX", "--exclude=./bazel-*", "."],
  ]);
  const sha256 = createHash("sha256").update(readFileSync(partial)).digest("hex");
  const tar = join(directory, `${sha256}.tar`);
  renameSync(partial, tar);
  return { sha256, tar };
}

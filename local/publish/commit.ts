import { CHECKOUT } from "../directories";
import { CommandError, run } from "../run";
import type { Build } from "./provenance";

/**
 * The commit that has a folder of the checkout as it lies there; undefined where none has, or where there is no Git.
 * @param cwd the checkout
 */
export async function commitOf(folder: string, cwd: string = CHECKOUT): Promise<Build["commit"]> {
  const git = (...args: string[]) => run("git", args, { cwd });
  try {
    // What Git ignores is packed too; Bazel's links into its output are not.
    const all = ["--porcelain", "-z", "--ignored=traditional", "--untracked-files=all"];
    const changed = (await git("status", ...all, "--", folder)).split("\0").filter((entry) => entry !== "");
    const prefix = (await git("rev-parse", "--show-prefix")).trim();
    const isLeftOut = (entry: string) => /^(\?\?|!!) /.test(entry) && entry.startsWith(`${prefix}${folder}/bazel-`, 3);
    if (!changed.every(isLeftOut)) return undefined;
    const sha1 = (await git("log", "-1", "--format=%H", "--", folder)).trim();
    if (sha1 === "") return undefined;
    const uri = repositoryUri(await git("remote", "get-url", "origin").catch(() => ""));
    return { ...(uri !== undefined && { uri: `${uri}@${sha1}` }), sha1 };
  } catch (error) {
    if (error instanceof CommandError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Where a repository is, without whatever it was cloned with: `git+https://github.com/monogres/monogres`. */
export function repositoryUri(remote: string): string | undefined {
  const text = remote.trim();
  const [, host, path] = /^[^/@]+@([^:/]+):(.+)$/.exec(text) ?? [];
  const address = host === undefined || path === undefined ? text : `ssh://${host}/${path}`;
  if (!/^(https|ssh):\/\//.test(address)) return undefined;
  const { protocol, host: at, pathname } = new URL(address);
  return `git+${protocol}//${at}${pathname.replace(/\.git$/, "")}`;
}

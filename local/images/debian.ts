import { run } from "../run";
import type { Report } from "../terminal/progress";
import { IMAGE_TIME } from "./layer";

/** A Debian root file system. */
export interface DebianRoot {
  readonly architecture: "amd64" | "arm64";
  /** Packages beside the essential ones, sorted. */
  readonly packages: readonly string[];
  /** Lines added to `/etc/passwd`. */
  readonly users?: readonly string[];
}

/** Debian's release: the one whose glibc every artifact of the farm links with. */
export const SUITE = "bookworm";

/** What PostgreSQL, contrib and PGXS extensions need to build, in all option sets of the example. */
export const POSTGRES_TOOLCHAIN = [
  "binutils",
  "bison",
  "bzip2",
  "flex",
  "gcc",
  "gettext",
  "libc6-dev",
  "libicu-dev",
  "liblz4-dev",
  "libreadline-dev",
  "libssl-dev",
  "libzstd-dev",
  "m4",
  "make",
  "meson",
  "ninja-build",
  "perl",
  "pkg-config",
  "python3",
  "tar",
  "tzdata",
  "uuid-dev",
  "xz-utils",
  "zlib1g-dev",
] as const;

/** What the Bazel client needs: Debian's Bazel 4.2.3 and its Java. */
export const BAZEL_CLIENT = ["bazel-bootstrap"] as const;

/** Folders that no action reads and that would only make the image larger. */
const LEFT_OUT = ["/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*"];

/** Arguments of mmdebstrap that write a root as an uncompressed tar. */
export function debianArguments(root: DebianRoot, tar: string): string[] {
  return [
    "--variant=minbase",
    "--mode=root",
    `--architectures=${root.architecture}`,
    `--include=${root.packages.join(",")}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...(root.users ?? []).map((line) => `--customize-hook=echo '${line}' >>"$1/etc/passwd"`),
    // Names of the machine that makes the image; Kubernetes writes its own.
    '--customize-hook=rm -f "$1/etc/resolv.conf" "$1/etc/hostname"',
    // Java's keystore holds the moment at which it was made; Bazel speaks TLS to nobody here.
    '--customize-hook=rm -f "$1/etc/ssl/certs/java/cacerts"',
    "--format=tar",
    SUITE,
    tar,
  ];
}

/** Makes a Debian root; the same packages in the archive give the same bytes. */
export async function makeDebianRoot(root: DebianRoot, tar: string, log: string, report: Report): Promise<void> {
  await run("mmdebstrap", debianArguments(root, tar), {
    log,
    env: { SOURCE_DATE_EPOCH: String(IMAGE_TIME), LC_ALL: "C" },
    onLine: (line) => {
      if (line.startsWith("I: ")) report.note(`(${line.slice(3).replace(/\.\.\.$/, "")})`);
    },
  });
  report.note("");
}

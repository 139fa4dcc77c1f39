import { existsSync } from "node:fs";
import { platform } from "node:os";

import { UserError } from "../../components/user-error";
import { run } from "../run";
import type { Progress } from "../terminal/progress";
import { isStaticProgram } from "./static-program";

/** A program or folder of the host, and the Debian package that brings it. */
interface Need {
  /** Any of these will do. */
  readonly path: readonly string[];
  readonly debianPackage: string;
  /** True where images take it along, which hold no libraries. */
  readonly isStatic?: boolean;
}

const FOLDERS = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

const program = (name: string, debianPackage: string = name): Need => ({
  path: FOLDERS.map((folder) => `${folder}/${name}`),
  debianPackage,
});

/** Everything that the node and its images need of the host. */
const NEEDS: readonly Need[] = [
  program("containerd"),
  program("runc"),
  { path: ["/usr/lib/cni/bridge"], debianPackage: "containernetworking-plugins" },
  program("nft", "nftables"),
  program("iptables"),
  program("ipset"),
  program("conntrack"),
  program("ip", "iproute2"),
  program("nsenter", "util-linux"),
  program("flock", "util-linux"),
  program("openssl"),
  { ...program("busybox", "busybox-static"), isStatic: true },
  program("mmdebstrap"),
  { ...program("tini-static", "tini"), isStatic: true },
];

/** What a user without a fit machine can do. */
const OTHER_WAYS = "Linux as root with cgroups, or a cluster that exists (stacks/Pulumi.kubernetes.yaml)";

/** Facts of the machine that decide whether a node can run. */
export interface MachineFacts {
  readonly platform: string;
  readonly uid: number;
  readonly cgroups: boolean;
}

/** Facts of this machine. */
export function machineFacts(): MachineFacts {
  const cgroups = existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync("/sys/fs/cgroup/memory");
  return { platform: platform(), uid: process.getuid?.() ?? -1, cgroups };
}

/** @throws UserError when no node can run here, naming what remains possible */
export function checkMachine(facts: MachineFacts = machineFacts()): void {
  if (facts.platform !== "linux") throw new UserError("machine", facts.platform, OTHER_WAYS);
  if (facts.uid !== 0) throw new UserError("user", `uid ${facts.uid}`, `${OTHER_WAYS}; as root: sudo ./farm up`);
  if (!facts.cgroups) throw new UserError("/sys/fs/cgroup", "no cgroups", OTHER_WAYS);
}

/** What it takes besides to run arm64 programs on amd64. */
const EMULATION: readonly Need[] = [
  program("qemu-aarch64-static", "qemu-user-static"),
  program("update-binfmts", "binfmt-support"),
  program("arch-test", "arch-test"),
];

/** What it takes besides to look at the farm's pages as a person does. */
const BROWSER: readonly Need[] = [program("chromium")];

/** Whether a file is there, and static where it must be. */
function isThere(path: string, mustBeStatic: boolean): boolean {
  return existsSync(path) && (!mustBeStatic || isStaticProgram(path));
}

/**
 * Debian packages that are missing.
 * @param there tells whether a path will do
 */
export function missingPackages(emulation: boolean, there: typeof isThere = isThere): string[] {
  return missingOf(emulation ? [...NEEDS, ...EMULATION] : NEEDS, there);
}

function missingOf(needs: readonly Need[], there: typeof isThere = isThere): string[] {
  const missing = needs.filter(({ path, isStatic = false }) => !path.some((one) => there(one, isStatic)));
  return [...new Set(missing.map(({ debianPackage }) => debianPackage))].sort();
}

/** Where this machine has a program that `installPackages` makes sure of. */
export function hostProgram(name: string): string {
  const path = FOLDERS.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
  if (path === undefined) throw new UserError("machine", `no ${name}`, "./farm up first, which installs it");
  return path;
}

/** Installs what is missing with apt. @throws UserError when there is no apt, naming the packages */
export function installPackages(emulation: boolean, progress: Progress): Promise<void> {
  return install(emulation ? [...NEEDS, ...EMULATION] : NEEDS, progress);
}

/** Installs a browser, which tests drive, as `installPackages` does what the farm needs. */
export function installBrowser(progress: Progress): Promise<void> {
  return install(BROWSER, progress);
}

async function install(needs: readonly Need[], progress: Progress): Promise<void> {
  const packages = missingOf(needs);
  if (packages.length === 0) return;
  const allowed = `these Debian packages, or the same programs: ${packages.join(" ")}`;
  if (!existsSync("/usr/bin/apt-get")) throw new UserError("machine", "no apt-get", allowed);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await progress.task(`Install ${packages.join(", ")}`, 40, async (report) => {
    report.note("(package lists)");
    await run("apt-get", ["update", "--quiet"], { env });
    report.note("");
    await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...packages], { env });
  });
  const still = missingOf(needs);
  if (still.length > 0) throw new UserError("machine", `still no ${still.join(", ")} after apt-get install`, allowed);
}

/** Where the kernel lists the program formats that it can hand to an interpreter. */
const FORMATS = "/proc/sys/fs/binfmt_misc";

/** Lets the kernel hand arm64 programs to qemu-user, in containers too. A reboot forgets it. */
export async function enableEmulation(): Promise<void> {
  if (!existsSync(`${FORMATS}/register`)) await run("mount", ["-t", "binfmt_misc", "binfmt_misc", FORMATS]);
  if (!existsSync(`${FORMATS}/qemu-aarch64`)) await run("update-binfmts", ["--enable", "qemu-aarch64"]);
}

import { existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { UserError } from "../../components/user-error";
import { run } from "../run";
import { ADDRESSES, BRIDGE, FARM_LAYOUT, type NodeLayout, paths } from "./layout";

/** Type of the file system of namespaces (`NSFS_MAGIC` of linux/magic.h). */
const NSFS = 0x6e736673;

/** Whether a file is a network namespace; of one that a reboot took, an empty file may be left. */
export function isNamespace(file: string): boolean {
  return existsSync(file) && statfsSync(file).type === NSFS;
}

/** Whether a node's network namespace is there. */
export function namespaceExists(layout: NodeLayout = FARM_LAYOUT): boolean {
  return isNamespace(paths(layout).networkNamespace);
}

/** Whether this process runs inside a node's network namespace. */
export function insideNamespace(layout: NodeLayout = FARM_LAYOUT): boolean {
  if (!namespaceExists(layout)) return false;
  const [own, node] = [statSync("/proc/self/ns/net"), statSync(paths(layout).networkNamespace)];
  return own.ino === node.ino && own.dev === node.dev;
}

/** A command line that runs the given one inside a node's network namespace. */
export function inNamespace(argv: readonly string[], layout: NodeLayout = FARM_LAYOUT): string[] {
  return insideNamespace(layout) ? [...argv] : ["nsenter", `--net=${paths(layout).networkNamespace}`, ...argv];
}

/** Kernel settings of the namespace: pods reach each other through the node, and policies see what crosses the bridge. */
const SETTINGS = {
  "/proc/sys/net/ipv4/ip_forward": "1",
  "/proc/sys/net/ipv4/conf/all/rp_filter": "0",
  "/proc/sys/net/bridge/bridge-nf-call-iptables": "1",
};

/**
 * Makes the network namespace, with a bridge that holds the node's address and the default route, and no uplink.
 * What is there already stays.
 * @throws UserError when somebody else has a namespace of that name
 */
export async function ensureNamespace(layout: NodeLayout = FARM_LAYOUT): Promise<void> {
  const at = paths(layout);
  const ip = (...args: string[]) => run("ip", ["-netns", layout.name, ...args]);
  if (!namespaceExists(layout)) {
    rmSync(at.networkNamespace, { force: true });
    mkdirSync(dirname(at.claim), { recursive: true, mode: 0o755 });
    writeFileSync(at.claim, "");
    await run("ip", ["netns", "add", layout.name]);
  } else if (!existsSync(at.claim)) {
    throw new UserError(
      "network namespace",
      `${layout.name}, made by somebody else`,
      `no namespace of that name (ip netns delete ${layout.name}), or a cluster that exists (stacks/Pulumi.kubernetes.yaml)`,
    );
  }
  await ip("link", "set", "lo", "up");
  const links = JSON.parse(await ip("-json", "address", "show")) as {
    ifname?: string;
    addr_info?: { local: string }[];
  }[];
  const bridge = links.find(({ ifname }) => ifname === BRIDGE);
  if (bridge === undefined) await ip("link", "add", BRIDGE, "type", "bridge");
  if (!bridge?.addr_info?.some(({ local }) => local === ADDRESSES.node)) {
    await ip("address", "add", `${ADDRESSES.node}/16`, "dev", BRIDGE);
  }
  await ip("link", "set", BRIDGE, "up");
  await ip("route", "replace", "default", "dev", BRIDGE);
  // What sends bridged packets through iptables is a module of its own, on kernels that have it not built in.
  if (!existsSync("/proc/sys/net/bridge")) await run("modprobe", ["br_netfilter"]);
  for (const [file, value] of Object.entries(SETTINGS)) {
    await run("nsenter", [`--net=${at.networkNamespace}`, "sh", "-c", `echo ${value} >${file}`]);
  }
}

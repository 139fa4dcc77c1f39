import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { UserError } from "../components/user-error";

/** The checkout that this file is part of. */
export const CHECKOUT = resolve(__dirname, "..");

/**
 * What is slow to make and depends on pins alone (tools, images, sources): kept outside the checkout.
 * `MONOFARM_CACHE` overrides the default, `~/.cache/monofarm`.
 */
export const CACHE = process.env["MONOFARM_CACHE"] ?? join(homedir(), ".cache", "monofarm");

/** What `MONOFARM_NAME` says: which of this machine's farms is meant. */
export const FARM = process.env["MONOFARM_NAME"] ?? "";

/**
 * Name of this farm: of its network namespace and cgroup, and of its folders. Two farms of different names stand on one
 * machine and never meet. `monofarm`, or `monofarm-<name>` where `MONOFARM_NAME` gives one.
 */
export const NAME = FARM === "" ? "monofarm" : `monofarm-${FARM}`;

/**
 * What belongs to the farm of this name (etcd, containerd, keys, volumes, Pulumi's state): removed by
 * `./farm down --purge`.
 */
export const STATE = join("/var/lib", NAME);

/** Sockets and pid files of what runs now. */
export const RUN = join("/run", NAME);

/** What may follow `monofarm-` in the names of a network namespace, a cgroup and a folder. */
const FORM = /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/;

/** @throws UserError where `MONOFARM_NAME` could not be part of a name */
export function checkFarmName(name: string = FARM): void {
  if (name === "" || FORM.test(name)) return;
  throw new UserError("MONOFARM_NAME", name, "letters in lower case, digits and hyphens between them, 22 at most");
}

import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout that this file is part of. */
export const CHECKOUT = resolve(__dirname, "..");

/**
 * What is slow to make and depends on pins alone (tools, images, sources): kept outside the checkout.
 * `MONOFARM_CACHE` overrides the default, `~/.cache/monofarm`.
 */
export const CACHE = process.env["MONOFARM_CACHE"] ?? join(homedir(), ".cache", "monofarm");

/**
 * Name of this farm: of its network namespace and cgroup, and of its folders. Two farms of different names stand on one
 * machine and never meet. `MONOFARM_NAME` overrides the default, `monofarm`.
 */
export const NAME = process.env["MONOFARM_NAME"] ?? "monofarm";

/**
 * What belongs to the farm of this name (etcd, containerd, keys, volumes, Pulumi's state): removed by
 * `./farm down --purge`. `MONOFARM_STATE` overrides the default, `/var/lib/<name>`.
 */
export const STATE = process.env["MONOFARM_STATE"] ?? join("/var/lib", NAME);

/** Sockets and pid files of what runs now. `MONOFARM_RUN` overrides the default, `/run/<name>`. */
export const RUN = process.env["MONOFARM_RUN"] ?? join("/run", NAME);

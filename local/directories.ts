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
 * What belongs to the one local farm (etcd, containerd, keys, volumes, Pulumi's state): removed by `./farm down --purge`.
 * `MONOFARM_STATE` overrides the default, `/var/lib/monofarm`.
 */
export const STATE = process.env["MONOFARM_STATE"] ?? "/var/lib/monofarm";

/** Sockets and pid files of what runs now. `MONOFARM_RUN` overrides the default, `/run/monofarm`. */
export const RUN = process.env["MONOFARM_RUN"] ?? "/run/monofarm";

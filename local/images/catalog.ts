import { join } from "node:path";

import { CHECKOUT } from "../directories";
import type { Programs } from "../release/bundle";
import type { Tools } from "../toolbox/toolbox";
import type { ImageConfig } from "./assemble";
import { BAZEL_CLIENT, type DebianRoot, POSTGRES_TOOLCHAIN } from "./debian";
import { busybox, type LayerFiles } from "./layer";

/** An image of the farm; its reference is `monofarm.local/<name>@<digest>`. */
export type ImageName = "pause" | "buildbarn" | "s3" | "prometheus" | "client" | "worker" | "worker-arm64";

/** What an image is made of: a Debian root below, or nothing, then files of this machine. */
export interface ImageSpec {
  readonly name: ImageName;
  readonly debian?: DebianRoot;
  readonly files: LayerFiles;
  readonly config: ImageConfig;
  /** From empty caches on 2 cores of an Intel Xeon, downloads included. */
  readonly seconds: number;
}

/** Debian's static busybox (package busybox-static). */
export const BUSYBOX = "/bin/busybox";

/** Debian's static tini (package tini): process 1 of BuildBarn's containers. */
const TINI = "/usr/bin/tini-static";

/** The uid of everything of the farm that is not an action. */
const FARM_USER = "65532:65532";

const executable = (path: string) => ({ copy: path, mode: 0o755 });

/** The images of a farm that builds for some architectures. */
export function imageSpecs(
  tools: Tools,
  programs: Programs,
  architectures: readonly ("amd64" | "arm64")[],
): ImageSpec[] {
  const amd64: ImageConfig = { architecture: "amd64", user: FARM_USER };
  const all: ImageSpec[] = [
    {
      name: "pause",
      files: busybox(BUSYBOX),
      config: { ...amd64, entrypoint: ["/bin/busybox", "sleep", "2147483647"] },
      seconds: 1,
    },
    {
      name: "buildbarn",
      files: {
        ...busybox(BUSYBOX),
        "/usr/local/bin/tini": executable(TINI),
        "/usr/local/bin/bb_runner": executable(tools.bb_runner.path),
        "/usr/local/bin/bb_scheduler": executable(tools.bb_scheduler.path),
        "/usr/local/bin/bb_storage": executable(tools.bb_storage.path),
        "/usr/local/bin/bb_worker": executable(tools.bb_worker.path),
        "/usr/local/bin/confine": executable(tools.confine.path),
        "/usr/local/bin/farm_browser": executable(tools.farm_browser.path),
        "/usr/local/bin/sweep": executable(tools.sweep.path),
        "/usr/local/bin/sync_jwks_to_configmap": executable(tools.sync_jwks_to_configmap.path),
      },
      config: amd64,
      seconds: 8,
    },
    {
      name: "s3",
      files: { ...busybox(BUSYBOX), "/usr/local/bin/versitygw": executable(tools.versitygw.path) },
      config: { ...amd64, entrypoint: ["/usr/local/bin/versitygw"] },
      seconds: 5,
    },
    {
      name: "prometheus",
      files: { "/usr/local/bin/prometheus": executable(tools.prometheus.path) },
      config: { ...amd64, entrypoint: ["/usr/local/bin/prometheus"] },
      seconds: 5,
    },
    {
      name: "client",
      debian: {
        architecture: "amd64",
        packages: BAZEL_CLIENT,
        users: ["client:x:65532:65532::/home/client:/bin/bash"],
      },
      files: {
        "/usr/local/bin/node": executable(join(CHECKOUT, "node_modules", "node", "bin", "node")),
        ...Object.fromEntries(
          Object.entries(programs).map(([name, text]) => [`/opt/monofarm/${name}`, { text, mode: 0o644 }]),
        ),
        "/home/client/.keep": { text: "", mode: 0o644 },
      },
      config: { ...amd64, environment: { HOME: "/home/client", USER: "client" } },
      seconds: 150,
    },
    worker("worker", "amd64", 120),
    worker("worker-arm64", "arm64", 260),
  ];
  return all.filter(({ name }) => name !== "worker-arm64" || architectures.includes("arm64"));
}

function worker(name: ImageName, architecture: "amd64" | "arm64", seconds: number): ImageSpec {
  return {
    name,
    debian: { architecture, packages: POSTGRES_TOOLCHAIN },
    files: {},
    config: { architecture, user: "65534:65534" },
    seconds,
  };
}

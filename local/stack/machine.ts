import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { STATE } from "../directories";
import type { ImageName } from "../images/catalog";
import { FARM_LAYOUT, NODE_NAME, paths } from "../node/layout";
import type { StackValues } from "./config";
import { committedConfig } from "./stack-file";

/** Volumes of the local farm, a folder per claim. */
const VOLUMES = join(STATE, "volumes");

/** What this machine adds to the configuration of the farm's stack. */
export function farmValues(
  images: Partial<Readonly<Record<ImageName, string>>>,
  architectures: readonly ("amd64" | "arm64")[],
  committed: StackValues = committedConfig("local"),
): StackValues {
  const pool = (role: string, architecture: string, emulated = false) => ({ role, architecture, emulated });
  const workers = committed["monofarm:workers"] as { pools?: readonly { architecture: string }[] } | null | undefined;
  const pools: readonly { architecture: string }[] = Array.isArray(workers?.pools) ? workers.pools : [];
  return {
    "monofarm:platform": {
      kind: "local",
      kubeconfig: paths(FARM_LAYOUT).kubeconfig,
      localVolumes: { directory: VOLUMES, node: NODE_NAME },
      pools: [
        ...["system", "storage", "client", "worker"].map((role) => pool(role, "amd64")),
        ...(architectures.includes("arm64") ? [pool("worker", "arm64", true)] : []),
      ],
    },
    "monofarm:images": {
      buildbarn: images.buildbarn,
      client: images.client,
      s3: images.s3,
      prometheus: images.prometheus,
      workers: { amd64: images.worker, ...(images["worker-arm64"] !== undefined && { arm64: images["worker-arm64"] }) },
      pullPolicy: "Never",
    },
    // Without pools to be like there is none to add: the check of the configuration says what is wrong.
    ...(architectures.includes("arm64") &&
      pools.length > 0 && {
        "monofarm:workers": {
          ...workers,
          pools: [...pools, ...pools.map((pool) => ({ ...pool, architecture: "arm64" }))],
        },
      }),
  };
}

/** Makes the folders that local volumes stand for: Kubernetes wants them to exist. */
export function makeVolumeFolders(): void {
  const storage = committedConfig("local")["monofarm:storage"] as { shards?: unknown } | undefined;
  const shards = typeof storage?.shards === "number" && storage.shards > 0 ? storage.shards : 0;
  const names = ["data-s3-0", ...Array.from({ length: Math.min(shards, 64) }, (_, index) => `data-storage-${index}`)];
  for (const name of names) mkdirSync(join(VOLUMES, name), { recursive: true });
}

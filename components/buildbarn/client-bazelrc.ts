import type { Architecture } from "../platform/platform";
import { classesOf, type WorkerClass } from "./worker-class";

/**
 * Lines of a `.bazelrc` that lead a workspace like the example to a farm: `bazel build --config=linux-amd64
 * --config=remote`. Worker image and class are part of an action's platform, which BuildBarn matches literally.
 * @param endpoint `grpc://host:port`
 * @param pools the farm's workers, their images by digest
 */
export function clientBazelrc(
  endpoint: string,
  pools: readonly {
    readonly architecture: Architecture;
    readonly workerClass: WorkerClass;
    readonly workerImage: string;
  }[],
): string {
  const images = pools.map(
    ({ architecture, workerImage }) =>
      `common --repo_env=MONOFARM_WORKER_IMAGE_${architecture.toUpperCase()}=${workerImage}`,
  );
  const classes = `common --repo_env=MONOFARM_WORKER_CLASSES=${classesOf(pools).join(",")}`;
  return [`build:remote --remote_executor=${endpoint}`, classes, ...new Set(images.sort()), ""].join("\n");
}

import type { Architecture } from "../platform/platform";

/**
 * Lines of a `.bazelrc` that lead a workspace like the example to a farm: `bazel build --config=linux-amd64
 * --config=remote`. The worker image is part of an action's platform, which BuildBarn matches literally.
 * @param endpoint `grpc://host:port`
 * @param workerImages by digest
 */
export function clientBazelrc(endpoint: string, workerImages: Partial<Readonly<Record<Architecture, string>>>): string {
  const images = Object.entries(workerImages).map(
    ([architecture, image]) => `common --repo_env=MONOFARM_WORKER_IMAGE_${architecture.toUpperCase()}=${image}`,
  );
  return [`build:remote --remote_executor=${endpoint}`, ...images.sort(), ""].join("\n");
}

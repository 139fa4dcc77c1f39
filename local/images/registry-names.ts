import type { ImageName as Repository } from "../../components/artifacts/aws/registry";
import { UserError } from "../../components/user-error";
import type { ImageName } from "./catalog";

/** The farm's own images that a farm elsewhere runs, and what `components/artifacts/aws/registry.ts` calls each. */
const PUSHED: Readonly<Partial<Record<ImageName, Repository>>> = {
  buildbarn: "buildbarn",
  client: "client",
  prometheus: "prometheus",
  worker: "worker-amd64",
  "worker-arm64": "worker-arm64",
};

/** A host, whose name has a dot or a port or is localhost, and a path below it: never a tag or a digest. */
const REGISTRY =
  /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d{1,5})?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/** An image's name below a registry, `monofarm/worker-amd64`; undefined for those that this machine's farm alone runs. */
export function pushedName(image: ImageName): string | undefined {
  const repository = PUSHED[image];
  return repository === undefined ? undefined : `monofarm/${repository}`;
}

/** @throws UserError for what names no registry */
export function checkRegistry(where: string, registry: string): void {
  if (REGISTRY.test(registry)) return;
  const allowed = "a host and what stands before the names, such as 111122223333.dkr.ecr.eu-west-2.amazonaws.com";
  throw new UserError(where, registry, `${allowed} or ghcr.io/example`);
}

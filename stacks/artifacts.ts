import * as pulumi from "@pulumi/pulumi";

import { ArtifactStore, type ArtifactStoreArgs } from "../components/artifacts/artifact-store";
import { AwsArtifacts } from "../components/artifacts/aws/aws-artifacts";
import { UserError } from "../components/user-error";
import type { Values } from "./config/check";
import type { FARM_SLICES } from "./config/farm";
import type { FarmOutputs } from "./outputs";
import type { Place } from "./place";

type Config = Pick<Values<typeof FARM_SLICES>, "artifacts" | "github" | "images" | "platform">;

/** What a store tells those who use it. */
type StoreOutputs = {
  readonly [Key in "s3" | "credentials" | "roles" | "registry"]?: pulumi.Input<NonNullable<FarmOutputs[Key]>>;
} & { readonly s3: pulumi.Input<FarmOutputs["s3"]> };

/** The farm's artifact store: buckets of AWS' where the farm stands there, else on a server of its own or another's. */
export function declareArtifacts(
  config: Config,
  { platform, aws }: Place,
  namespace: pulumi.Output<string>,
  clients: { readonly namespace: string; readonly serviceAccount: string },
): StoreOutputs {
  const { prefix, forceDestroy, releaseLock } = config.artifacts;
  if (aws !== undefined && config.platform.kind === "aws" && releaseLock !== "none") {
    const { region, account, administrators } = config.platform;
    const { github } = config;
    const artifacts = new AwsArtifacts("artifacts", {
      provider: aws.aws,
      clusterName: aws.clusterName,
      region,
      account,
      prefix,
      administrators,
      releaseLockDays: releaseLock.days,
      clients,
      ...(github !== undefined && {
        github: {
          planner: { repositoryId: github.repositoryId, ...github.planner },
          publisher: { repositoryId: github.repositoryId, ...github.publisher },
          ...(github.stateBucket !== undefined && { stateBucket: github.stateBucket }),
          ...(github.pusher !== undefined && { pusher: { repositoryId: github.repositoryId, ...github.pusher } }),
        },
      }),
    });
    const { endpoint, buckets, roles, registry } = artifacts;
    return {
      s3: pulumi.output({ endpoint, address: endpoint, region, buckets }),
      roles: pulumi.output({ ...roles }),
      registry: pulumi.output({ ...registry }),
    };
  }
  const artifacts = new ArtifactStore("artifacts", {
    platform,
    namespace,
    service: artifactService(config),
    prefix,
    forceDestroy,
    ...(releaseLock !== "none" && { releaseLockDays: releaseLock.days }),
  });
  const { endpoint, address, region, buckets, credentials } = artifacts;
  return { s3: pulumi.output({ endpoint, address, region, buckets }), credentials };
}

/** The S3 service that a stack names, where it is not AWS'. @throws UserError where it names none */
function artifactService({ artifacts: { own, existing }, images }: Config): ArtifactStoreArgs["service"] {
  if (existing !== undefined) return { existing };
  if (own === undefined) throw new UserError("monofarm:artifacts", "neither own nor existing", "one of them");
  if (images.s3 === undefined)
    throw new UserError("monofarm:images.s3", "nothing", "an image by digest, for monofarm:artifacts.own runs it");
  return { own: { image: images.s3, imagePullPolicy: images.pullPolicy, volumeBytes: own.volumeMiB } };
}

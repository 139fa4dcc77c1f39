import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { LIFECYCLE, repositoryPolicy } from "../../identity/image-policies";

/** What the farm runs, each in a repository of its own. */
export const IMAGES = [
  "buildbarn",
  "client",
  "worker-amd64",
  "worker-arm64",
  "cluster-autoscaler",
  "prometheus",
  "runner",
  "runner-controller",
] as const;

/** The name of an image. */
export type ImageName = (typeof IMAGES)[number];

/** Arguments of a registry. */
export interface RegistryArgs {
  /** ARNs of roles that may push. */
  readonly pushers: pulumi.Input<readonly string[]>;
}

/** Declares repositories whose tags never move: by digest is how the farm names an image, a tag is what keeps it. */
export function declareRegistry(
  args: RegistryArgs,
  options: pulumi.CustomResourceOptions,
): Readonly<Record<ImageName, aws.ecr.Repository>> {
  const key = new aws.kms.Key(
    "images",
    { description: "Images of the farm", enableKeyRotation: true, deletionWindowInDays: 30 },
    { ...options, protect: true },
  );
  const policy = pulumi.output(args.pushers).apply((pushers) => JSON.stringify(repositoryPolicy(pushers)));
  const declared = IMAGES.map((image) => {
    const repository = new aws.ecr.Repository(
      image,
      {
        name: repositoryName(image),
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
        forceDelete: false,
      },
      { ...options, protect: true },
    );
    const its = { repository: repository.name };
    new aws.ecr.RepositoryPolicy(image, { ...its, policy }, options);
    new aws.ecr.LifecyclePolicy(image, { ...its, policy: JSON.stringify(LIFECYCLE) }, options);
    return [image, repository] as const;
  });
  return Object.fromEntries(declared) as Record<ImageName, aws.ecr.Repository>;
}

/** A repository's name in its registry. */
export function repositoryName(image: ImageName): string {
  return `monofarm/${image}`;
}

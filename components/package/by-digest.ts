import { UserError } from "../user-error";

/** An image's reference, where it names one image for good. @throws UserError for a tag */
export function byDigest(image: string, key: string): string {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return image;
  throw new UserError(key, image, "an image by digest: registry/name@sha256:…");
}

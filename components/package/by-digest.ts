import { DIGEST } from "../../policies/predicates/images";
import { UserError } from "../user-error";

/** An image's reference, where it names one image for good. @throws UserError for a tag */
export function byDigest(image: string, key: string): string {
  if (new RegExp(DIGEST).test(image)) return image;
  throw new UserError(key, image, "an image by digest: registry/name@sha256:…");
}

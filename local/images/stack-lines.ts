import { stringify } from "yaml";

import type { PushedImage } from "./push";

/** `monofarm:images`, as far as images are the farm's own. */
export interface ImagesValue {
  readonly buildbarn?: string;
  readonly client?: string;
  readonly prometheus?: string;
  readonly workers: { readonly amd64?: string; readonly arm64?: string };
}

/** What a stack says of these images. */
export function imagesValue(images: readonly Pick<PushedImage, "name" | "reference">[]): ImagesValue {
  const {
    worker,
    "worker-arm64": arm64,
    ...others
  } = Object.fromEntries(images.map(({ name, reference }) => [name, reference]));
  return {
    ...others,
    workers: { ...(worker !== undefined && { amd64: worker }), ...(arm64 !== undefined && { arm64 }) },
  };
}

/** The same as lines of a stack's file, indented as they stand below `config:`. */
export function imagesLines(images: readonly Pick<PushedImage, "name" | "reference">[]): string {
  return stringify({ "monofarm:images": imagesValue(images) }, { lineWidth: 0 }).replace(/^(?=.)/gm, "  ");
}

import { type Condition, matches } from "./condition";

/** An image reference that ends with its digest. */
export const DIGEST = "@sha256:[0-9a-f]{64}$";

/** A container whose image is named by digest. */
export const PINNED: Condition = matches("image", DIGEST);

import { z } from "zod";

import { planStore, type StoreDemand, type StoreKind } from "../../components/buildbarn/capacity";
import type { StorageDemand } from "../../components/buildbarn/storage";
import { refusalOf } from "../../components/user-error";
import { mebibytes, whole } from "./values";

const storeValues = z.strictObject({
  /** A shard's store, in MiB. */
  sizeMiB: mebibytes(1, 10_000_000),
  /** Mean blob, in bytes. */
  meanBlobBytes: whole(1, 2 ** 30),
  /** Largest blob, in MiB. */
  largestBlobMiB: mebibytes(1, 1_000_000),
});

/** A store that can be laid out. */
const store = (kind: StoreKind) =>
  storeValues.superRefine((values, context) => {
    const mistake = refusalOf(() => planStore(kind, storeDemand(values), kind));
    if (mistake !== undefined) context.addIssue({ code: "custom", path: ["sizeMiB"], message: mistake.allowed });
  });

/** `monofarm:storage`: the CAS and the action cache. */
export const storageSlice = z.strictObject({ shards: whole(1, 64), cas: store("cas"), ac: store("ac") });

/** The same as the components take it, in bytes. */
export function storageDemand({ shards, cas, ac }: z.infer<typeof storageSlice>): StorageDemand {
  return { shards, cas: storeDemand(cas), ac: storeDemand(ac) };
}

function storeDemand({ sizeMiB, meanBlobBytes, largestBlobMiB }: z.infer<typeof storeValues>): StoreDemand {
  return { sizeBytes: sizeMiB, meanBlobBytes, largestBlobBytes: largestBlobMiB };
}

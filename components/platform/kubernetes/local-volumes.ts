import type * as kubernetes from "@pulumi/kubernetes";

/** Folders of one node as persistent volumes, for a cluster that has no provisioner. */
export interface LocalVolumes {
  /** Folder that holds one folder per claim; they must exist. */
  readonly directory: string;
  /** Name of the node (`kubernetes.io/hostname`) that has them. */
  readonly node: string;
}

/** A claim that a part of the farm will make. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
  readonly bytes: number;
}

/** Name of the StorageClass of local volumes. */
export const LOCAL_STORAGE_CLASS = "monofarm-local";

/** The volume of a claim: bound to it alone, and kept when it goes. */
export function localVolume(volumes: LocalVolumes, claim: Claim): kubernetes.types.input.core.v1.PersistentVolumeSpec {
  return {
    storageClassName: LOCAL_STORAGE_CLASS,
    capacity: { storage: String(claim.bytes) },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    claimRef: { namespace: claim.namespace, name: claim.name },
    local: { path: `${volumes.directory}/${claim.name}` },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [volumes.node] }] },
        ],
      },
    },
  };
}

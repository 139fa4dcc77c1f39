import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { NodePool } from "../platform/platform";
import { DIAGNOSTICS_PORT } from "./configuration/server";

type Container = kubernetes.types.input.core.v1.Container;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** Where a part's pods run, and from which image. */
export interface PartArgs {
  readonly namespace: pulumi.Input<string>;
  /** The BuildBarn image, by digest. */
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly pool: NodePool;
}

/** What a container asks for, in Kubernetes quantities. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
}

/** The uid of every part that is neither a worker nor a runner. */
export const FARM_USER = 65532;

/** What a container may do: nothing beyond its own uid. */
export const CONFINED: kubernetes.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels that select a part's pods. */
export function selector(part: string): Record<string, string> {
  return { "app.kubernetes.io/name": part, "app.kubernetes.io/part-of": "monofarm" };
}

/**
 * Requests and limits of a container.
 * @param most CPU that it may take, where idle cores are to stay unused
 * @default none
 */
export function resources(
  { cpu, memory }: Resources,
  most?: string,
): kubernetes.types.input.core.v1.ResourceRequirements {
  return { requests: { cpu, memory }, limits: { ...(most !== undefined && { cpu: most }), memory } };
}

/** The settings that all pods of the farm share. */
export function podDefaults(pool: NodePool): PodSpec {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: { ...pool.nodeSelector },
    tolerations: pool.tolerations.map((toleration) => ({ ...toleration })),
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [],
  };
}

/** Pods whose programs all run as the farm's own user, to whom their volumes belong. */
export const AS_FARM_USER: kubernetes.types.input.core.v1.PodSecurityContext = {
  runAsUser: FARM_USER,
  runAsGroup: FARM_USER,
  fsGroup: FARM_USER,
  seccompProfile: { type: "RuntimeDefault" },
};

/** A container that makes folders in a volume before the others start. */
export function directories(
  { image, imagePullPolicy }: Pick<PartArgs, "image" | "imagePullPolicy">,
  mount: kubernetes.types.input.core.v1.VolumeMount,
  paths: readonly string[],
): Container {
  return {
    name: "directories",
    image,
    imagePullPolicy,
    command: ["/bin/mkdir", "-p", ...paths],
    resources: resources({ cpu: "10m", memory: "32Mi" }),
    securityContext: CONFINED,
    volumeMounts: [mount],
  };
}

/** The volume `data` of each pod of a StatefulSet: gone with the farm, kept when fewer pods are wanted. */
export function dataVolume(
  storageClassName: pulumi.Input<string> | undefined,
  bytes: number,
): Pick<
  kubernetes.types.input.apps.v1.StatefulSetSpec,
  "volumeClaimTemplates" | "persistentVolumeClaimRetentionPolicy"
> {
  return {
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(storageClassName !== undefined && { storageClassName }),
          resources: { requests: { storage: String(bytes) } },
        },
      },
    ],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
  };
}

/** Asks whether start-up is over; the server begins to answer only then. */
export function probes(
  port: number = DIAGNOSTICS_PORT,
): Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  const httpGet = { path: "/-/healthy", port };
  return {
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { httpGet, periodSeconds: 10 },
    livenessProbe: { httpGet, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
  };
}

/** Where a part finds its configuration. */
const CONFIGURATION_DIRECTORY = "/config";

/**
 * Arguments that run a BuildBarn program under an init. As process 1 a program of BuildBarn ignores SIGTERM and starts
 * itself anew below (bb-storage, pkg/program/run_main_linux.go), so that only the end of the grace period would end it.
 * @param directory where the init and the program are
 */
export function underInit(directory: string, binary: string, ...args: readonly string[]): string[] {
  return [`${directory}/tini`, "--", `${directory}/${binary}`, ...args];
}

/** A container that runs a BuildBarn program on the configuration of a part, with further mounts. */
export function program(
  binary: string,
  part: string,
  args: { readonly image: pulumi.Input<string>; readonly imagePullPolicy: pulumi.Input<string> },
  needs: Resources,
  mounts: readonly kubernetes.types.input.core.v1.VolumeMount[] = [],
): Container {
  return {
    name: part,
    image: args.image,
    imagePullPolicy: args.imagePullPolicy,
    command: underInit("/usr/local/bin", binary, `${CONFIGURATION_DIRECTORY}/${part}.json`),
    resources: resources(needs),
    securityContext: CONFINED,
    volumeMounts: [{ name: "config", mountPath: CONFIGURATION_DIRECTORY, readOnly: true }, ...mounts],
    ...probes(),
  };
}

/** Metadata of a part's pods. */
export function podMetadata(
  part: string,
  labels: Readonly<Record<string, string>> = {},
): kubernetes.types.input.meta.v1.ObjectMeta {
  return { labels: { ...selector(part), ...labels } };
}

/** What a part was already told to wait for: to add to it must not replace it. */
export function dependencies(options: pulumi.CustomResourceOptions): pulumi.Input<pulumi.Resource>[] {
  const { dependsOn = [] } = options;
  return Array.isArray(dependsOn) ? dependsOn : [dependsOn as pulumi.Input<pulumi.Resource>];
}

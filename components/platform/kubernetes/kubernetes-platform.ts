import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { NodePool, Platform } from "../platform";
import { type Claim, LOCAL_STORAGE_CLASS, localVolume, type LocalVolumes } from "./local-volumes";

/** A cluster that exists. */
export interface KubernetesPlatformArgs {
  /** Path or contents of a kubeconfig. */
  readonly kubeconfig: pulumi.Input<string>;
  /** @default the kubeconfig's current context */
  readonly context?: pulumi.Input<string>;
  readonly pools: readonly NodePool[];
  /** `--service-account-issuer` of the cluster's API server. */
  readonly tokenIssuer: string;
  /** StorageClass of persistent volumes; not with `localVolumes`. @default the cluster's default class */
  readonly storageClassName?: string;
  /** Folders of a node instead of a StorageClass that provisions. */
  readonly localVolumes?: LocalVolumes;
  /** The claims that local volumes are made for. */
  readonly claims: readonly Claim[];
}

/** A farm's place in a cluster that exists: whichever cloud, or one machine. */
export class KubernetesPlatform extends pulumi.ComponentResource implements Platform {
  readonly provider: kubernetes.Provider;
  readonly pools: readonly NodePool[];
  readonly tokenIssuer: string;
  readonly storageClassName: string | undefined;
  /** What a claim can bind to; claims must depend on it. */
  readonly volumes: readonly pulumi.Resource[];

  constructor(name: string, args: KubernetesPlatformArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:platform:Kubernetes", name, {}, options);
    this.pools = args.pools;
    this.tokenIssuer = args.tokenIssuer;
    this.provider = new kubernetes.Provider(
      name,
      {
        kubeconfig: args.kubeconfig,
        ...(args.context !== undefined && { context: args.context }),
        enableServerSideApply: true,
      },
      { parent: this },
    );
    this.storageClassName = args.localVolumes === undefined ? args.storageClassName : LOCAL_STORAGE_CLASS;
    this.volumes = args.localVolumes === undefined ? [] : this.declareVolumes(args.localVolumes, args.claims);
    this.registerOutputs();
  }

  private declareVolumes(volumes: LocalVolumes, claims: readonly Claim[]): pulumi.Resource[] {
    const options = { parent: this, provider: this.provider };
    const metadata = { name: LOCAL_STORAGE_CLASS };
    const provisioner = "kubernetes.io/no-provisioner";
    return [
      new kubernetes.storage.v1.StorageClass(LOCAL_STORAGE_CLASS, { metadata, provisioner }, options),
      ...claims.map(
        (claim) =>
          new kubernetes.core.v1.PersistentVolume(
            `volume-${claim.name}`,
            { metadata: { name: `monofarm-${claim.name}` }, spec: localVolume(volumes, claim) },
            { ...options, deleteBeforeReplace: true },
          ),
      ),
    ];
  }
}

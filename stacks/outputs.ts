import type { Purpose } from "../components/artifacts/purposes";
import type { StorageDemand } from "../components/buildbarn/storage";
import type { WorkerClass } from "../components/buildbarn/worker-class";
import type { FarmCost, ReleaseCost } from "../components/matrix/farm-cost";
import type { Architecture, Egress } from "../components/platform/platform";

/** What a farm can stand on. */
export type PlatformKind = "local" | "kubernetes" | "aws";

/** What a farm's stack tells those that build on it. */
export interface FarmOutputs {
  /** BuildBarn's frontend for pods: `grpc://frontend.monofarm:8980`. */
  readonly endpoint: string;
  readonly s3: {
    /** For pods. */
    readonly endpoint: string;
    /** For those without the cluster's names. */
    readonly address: string;
    readonly region: string;
    readonly buckets: Readonly<Record<Purpose, string>>;
  };
  /** Secret; none where pods have a role of their own. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Worker images by digest: what actions must ask for. */
  readonly workerImages: Partial<Readonly<Record<Architecture, string>>>;
  readonly clientImage: string;
  /** Image of what shows a Bazel client's token to the farm. */
  readonly gatewayImage: string;
  readonly imagePullPolicy: string;
  readonly pools: readonly {
    readonly architecture: Architecture;
    readonly workerClass: WorkerClass;
    readonly emulated: boolean;
    readonly concurrency: number;
  }[];
  /** What its stores are laid out for: what a release is held against. */
  readonly storage: StorageDemand;
  /** Pods of Bazel clients: where they may run. */
  readonly clientPool: {
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly tolerations: readonly { key: string; operator: string; value?: string; effect?: string }[];
  };
  /** ARNs of the roles of those who add to buckets. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Lines of a `.bazelrc` for clients in the cluster; on AWS. */
  readonly bazelrc?: string;
  /** Where images are pushed to, by their names, on AWS; without a tag. */
  readonly registry?: Readonly<Record<string, string>>;
  /** What a workflow of GitHub's says to run on the farm, where it has runners for it. */
  readonly runsOn?: Partial<Readonly<Record<Architecture, string>>>;
  /** On AWS. */
  readonly cost?: FarmCost;
  readonly namespace: string;
  /** Path of the kubeconfig that the farm was made with, or its contents. */
  readonly kubeconfig: string;
  /** What the farm stands on, and the kubeconfig's context that it was made with, where its stack names one. */
  readonly platform: { readonly kind: PlatformKind; readonly context?: string };
  readonly egress: Egress;
}

/** What a release's stack tells those that add up its results. */
export interface ReleaseOutputs {
  readonly id: string;
  readonly namespace: string;
  readonly jobs: readonly {
    readonly name: string;
    readonly architecture: Architecture;
    /** Where its lists lie in the matrix bucket. */
    readonly digest: string;
    /** How many lists. */
    readonly shards: number;
  }[];
  /** On AWS. */
  readonly cost?: ReleaseCost;
}

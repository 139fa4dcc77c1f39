import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import * as inner from "../buildbarn/buildbarn";
import { clientBazelrc } from "../buildbarn/client-bazelrc";
import { WORKER_CLASSES, type WorkerClass } from "../buildbarn/worker-class";
import { declareNetworkPolicies, FRONTEND_ENTRANCE, networkPolicies } from "../buildbarn/network-policies";
import { type Architecture, KUBE_DNS, type NodePool, type PoolRole } from "../platform/platform";
import { podSecurity } from "../platform/pod-security";
import { UserError } from "../user-error";
import { byDigest } from "./by-digest";

/** What a shard's store must hold. */
export interface StoreArgs {
  /** MiB of blobs that a shard may keep. */
  readonly sizeMiB: number;
  /** Mean bytes of a blob: decides how many keys there are. */
  readonly meanBlobBytes: number;
  /** MiB of the largest blob. */
  readonly largestBlobMiB: number;
}

/** A set of equal workers; at most one of each class of an architecture. */
export interface WorkerPoolArgs {
  /** amd64 or arm64. */
  readonly architecture: string;
  /**
   * What an action may take: narrow one core, wide as many as its node has to spare. Every architecture has the same classes.
   * Default: wide.
   */
  readonly workerClass?: string;
  /** Image that actions run in, by digest. */
  readonly image: string;
  /** Pods, each of which runs one action at a time. */
  readonly replicas: number;
  /** CPU that an action asks for, such as `2500m`. */
  readonly cpu: string;
  /** Memory that an action may take, such as `4Gi`. */
  readonly memory: string;
  /** MiB of input files that a worker keeps for later actions. */
  readonly inputCacheMiB: number;
  /** MiB of disk that an action may fill. */
  readonly diskMiB: number;
}

/** Arguments of a BuildBarn cluster. */
export interface BuildBarnArgs {
  /** Contents of a kubeconfig, such as AwsPlatform's, or its path. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Default: the kubeconfig's current context. */
  readonly context?: pulumi.Input<string>;
  /** What the cluster stays when its kubeconfig changes, such as AwsPlatform's clusterName. Default: its kubeconfig. */
  readonly clusterIdentifier?: pulumi.Input<string>;
  /**
   * Who signs the cluster's service account tokens: AwsPlatform's tokenIssuer, or `--service-account-issuer` of its API
   * server. Default: kubeadm's own, https://kubernetes.default.svc.cluster.local.
   */
  readonly tokenIssuer?: pulumi.Input<string>;
  /** StorageClass of persistent volumes. Default: the cluster's own default. */
  readonly storageClassName?: pulumi.Input<string>;
  /** Namespace to make. Default: monofarm. */
  readonly namespace?: string;
  /** Namespace whose pods may call the frontend. Default: monofarm-release. */
  readonly clientNamespace?: string;
  /** Service account of those pods, whose tokens the frontend takes. Default: client. */
  readonly clientServiceAccount?: string;
  /** Architecture of the nodes of roles system and storage: amd64 or arm64. */
  readonly architecture: string;
  /** Image with the BuildBarn programs, by digest. */
  readonly image: string;
  /** Shards over which storage is spread; changing it moves most blobs. */
  readonly shards: number;
  /** The CAS of one shard. */
  readonly cas: StoreArgs;
  /** The action cache of one shard. */
  readonly actionCache: StoreArgs;
  readonly workers: WorkerPoolArgs[];
  /** Seconds that any action may take. */
  readonly maximumActionSeconds: number;
}

const MIB = 2 ** 20;

/**
 * A namespace with storage, frontend, scheduler and workers of BuildBarn, and policies that refuse every connection
 * between them but those they need. Nodes must carry the labels `farm.build/role` and `kubernetes.io/arch`, and may be
 * tainted with `farm.build/role`, as AwsPlatform's are; names are asked for of kube-dns.
 */
export class BuildBarn extends pulumi.ComponentResource {
  /** Where clients in the cluster connect: `grpc://frontend.<namespace>:8980`. */
  readonly endpoint: pulumi.Output<string>;
  /** Lines of a `.bazelrc` that lead clients in the cluster to the farm. */
  readonly bazelrc: pulumi.Output<string>;

  constructor(name: string, args: BuildBarnArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:index:BuildBarn", name, {}, options);
    const { kubeconfig, context, clusterIdentifier, storageClassName } = args;
    const provider = new kubernetes.Provider(
      name,
      {
        kubeconfig,
        ...(context !== undefined && { context }),
        ...(clusterIdentifier !== undefined && { clusterIdentifier }),
        enableServerSideApply: true,
      },
      { parent: this },
    );
    const mine = { parent: this, provider };
    const namespaceName = args.namespace ?? "monofarm";
    const namespace = new kubernetes.core.v1.Namespace(
      name,
      { metadata: { name: namespaceName, labels: podSecurity("baseline") } },
      mine,
    ).metadata.name;
    const clientNamespace = args.clientNamespace ?? "monofarm-release";
    const policies = networkPolicies(clientNamespace, [FRONTEND_ENTRANCE], KUBE_DNS);
    const workers = args.workers.map(workerPool);
    const own = architectureOf(args.architecture, "architecture");
    const buildbarn = new inner.BuildBarn(
      name,
      {
        platform: {
          provider,
          pools: [
            nodes("system", own),
            nodes("storage", own),
            ...[...new Set(workers.map(({ architecture }) => architecture))].map((each) => nodes("worker", each)),
          ],
          tokenIssuer: args.tokenIssuer ?? "https://kubernetes.default.svc.cluster.local",
          storageClassName,
          volumes: [],
        },
        namespace,
        namespaceName,
        clients: [{ namespace: clientNamespace, name: args.clientServiceAccount ?? "client" }],
        image: byDigest(args.image, "image"),
        imagePullPolicy: "IfNotPresent",
        storage: { shards: args.shards, cas: store(args.cas), ac: store(args.actionCache) },
        frontendReplicas: 1,
        workers,
        maximumExecutionSeconds: args.maximumActionSeconds,
        after: declareNetworkPolicies(namespace, policies, mine),
      },
      { parent: this },
    );
    this.endpoint = buildbarn.endpoint;
    this.bazelrc = buildbarn.endpoint.apply((endpoint) => clientBazelrc(endpoint, workers));
    this.registerOutputs();
  }
}

function workerPool({ image, cpu, memory, ...pool }: WorkerPoolArgs) {
  return {
    architecture: architectureOf(pool.architecture, "workers.architecture"),
    workerClass: classOf(pool.workerClass ?? "wide", "workers.workerClass"),
    workerImage: byDigest(image, "workers.image"),
    replicas: pool.replicas,
    action: { cpu, memory },
    inputCacheBytes: pool.inputCacheMiB * MIB,
    diskBytes: pool.diskMiB * MIB,
  };
}

function store({ sizeMiB, meanBlobBytes, largestBlobMiB }: StoreArgs) {
  return { sizeBytes: sizeMiB * MIB, meanBlobBytes, largestBlobBytes: largestBlobMiB * MIB };
}

function architectureOf(found: string, key: string): Architecture {
  if (found === "amd64" || found === "arm64") return found;
  throw new UserError(key, found, "amd64 or arm64");
}

function classOf(found: string, key: string): WorkerClass {
  const known = WORKER_CLASSES.find((one) => one === found);
  if (known !== undefined) return known;
  throw new UserError(key, found, WORKER_CLASSES.join(", "));
}

function nodes(role: PoolRole, architecture: Architecture): NodePool {
  return {
    role,
    architecture,
    emulated: false,
    nodeSelector: { "kubernetes.io/arch": architecture, "farm.build/role": role },
    tolerations: [{ key: "farm.build/role", operator: "Equal", value: role, effect: "NoSchedule" }],
  };
}

import { z } from "zod";

import { AWS_PLACE } from "./aws";
import { cidr, port } from "./values";

export const architecture = z.enum(["amd64", "arm64"]);

const pool = z.strictObject({
  role: z.enum(["system", "storage", "worker", "client"]),
  architecture,
  /** Runs under qemu-user. */
  emulated: z.boolean().default(false),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(["Exists", "Equal"]),
        value: z.string().optional(),
        effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
      }),
    )
    .default([]),
});

const kubeconfig = z.string("the path of a kubeconfig").min(1, "the path of a kubeconfig");
/** `--service-account-issuer` of the API server, which its tokens name: kubeadm's own is the default. */
const tokenIssuer = z.url("a URL").default("https://kubernetes.default.svc.cluster.local");
const pools = z.array(pool, "a list of pools").min(1, "at least one pool");

/** A farm on one machine: its volumes are folders of a node. */
const localPlace = z.strictObject({
  kind: z.literal("local"),
  kubeconfig,
  context: z.string().optional(),
  pools,
  tokenIssuer,
  localVolumes: z.strictObject({
    directory: z.string().startsWith("/", "an absolute path"),
    node: z.string("the name of a node"),
  }),
});

/** Any cluster that exists. Nothing of it is guessed: neither the context nor who answers for names. */
const kubernetesPlace = z.strictObject({
  kind: z.literal("kubernetes"),
  kubeconfig,
  context: z.string("the name of a context of the kubeconfig").min(1, "the name of a context of the kubeconfig"),
  pools,
  tokenIssuer,
  storageClassName: z.string().optional(),
  /** Pods that answer for names. */
  dns: z
    .strictObject({ namespace: z.string(), podLabels: z.record(z.string(), z.string()) })
    .default({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } }),
  /** Where an S3 service outside the cluster is, for the pods of releases. */
  s3: z
    .strictObject({ cidrs: z.array(cidr("10.20.0.0/16")).min(1, "at least one network"), port: port.default(443) })
    .optional(),
});

/** `monofarm:platform`: where the farm stands. */
export const platformSlice = z.discriminatedUnion(
  "kind",
  [localPlace, kubernetesPlace, AWS_PLACE],
  "local, kubernetes or aws, and what belongs to it",
);

/** Where a farm stands, as its stack says. */
export type PlaceConfig = z.infer<typeof platformSlice>;

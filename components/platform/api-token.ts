import type * as kubernetes from "@pulumi/kubernetes";

/** Where programs in a pod look for their account with the API server. */
export const ACCOUNT_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Seconds that the token lives; kubelet brings a new one before. */
const TOKEN_SECONDS = 3600;

/**
 * A pod's account with the API server, mounted where Kubernetes itself would. What Kubernetes mounts unasked looks as if
 * it lived for an hour, too, but the API server extends it: to a year, on EKS to 90 days.
 */
export const ACCOUNT_VOLUME: kubernetes.types.input.core.v1.Volume = {
  name: "account",
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
};

export const ACCOUNT_MOUNT: kubernetes.types.input.core.v1.VolumeMount = {
  name: "account",
  mountPath: ACCOUNT_DIRECTORY,
  readOnly: true,
};

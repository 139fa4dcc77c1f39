import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { audience, KEYS_DIRECTORY, type Server } from "../../policies/predicates/identity";
import { ACCOUNTS, TOKEN_SECONDS, TOKENS_DIRECTORY } from "./configuration/identity";
import { selector } from "./pod";

type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/** ConfigMap of the public keys that tokens are signed with: written by the job that fetches them. */
export const KEYS = "token-keys";

/** ConfigMap of the issuer that tokens must name. */
export const ISSUER = "token-issuer";

/** The pod's tokens: a file for each server that it calls. */
export function tokensVolume(...servers: readonly Server[]): Volume {
  const sources = servers.map((server) => ({
    serviceAccountToken: { audience: audience(server), expirationSeconds: TOKEN_SECONDS, path: server },
  }));
  return { name: "tokens", projected: { sources } };
}

/** Mounts the tokens: into the one container that calls, never where actions run. */
export const TOKENS_MOUNT: VolumeMount = { name: "tokens", mountPath: TOKENS_DIRECTORY, readOnly: true };

/** What a server checks tokens with; new keys arrive in it without a restart. */
export const KEYS_VOLUME: Volume = {
  name: "keys",
  projected: { sources: [{ configMap: { name: KEYS } }, { configMap: { name: ISSUER } }] },
};

export const KEYS_MOUNT: VolumeMount = { name: "keys", mountPath: KEYS_DIRECTORY, readOnly: true };

/** Declares the service accounts of those who call; none has rights in the cluster, nor a token mounted by itself. */
export function declareAccounts(
  namespace: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ServiceAccount[] {
  return ACCOUNTS.map(
    (name) =>
      new kubernetes.core.v1.ServiceAccount(
        name,
        { metadata: { name, namespace, labels: selector(name) }, automountServiceAccountToken: false },
        options,
      ),
  );
}

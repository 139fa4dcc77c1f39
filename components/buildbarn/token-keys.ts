import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { ACCOUNT_DIRECTORY, ACCOUNT_MOUNT, ACCOUNT_VOLUME } from "../platform/api-token";
import { declareAccount } from "./account";
import { type ConfigurationFiles, declareConfiguration } from "./configuration-files";
import { fileContents } from "./configuration/server";
import { AS_FARM_USER, CONFINED, dependencies, type PartArgs, podDefaults, selector, underInit } from "./pod";
import { ISSUER, KEYS } from "./tokens";

/** Arguments of the keys of tokens. */
export interface TokenKeysArgs extends PartArgs {
  /** The farm's namespace, known beforehand. */
  readonly namespaceName: string;
  /** Who signs the cluster's service account tokens, as they say it: `iss`. */
  readonly issuer: pulumi.Input<string>;
}

const NAME = "token-keys";

/** How often the keys are fetched. A signer publishes a key for hours or days before it signs with it. */
const SCHEDULE = "*/10 * * * *";

/** Seconds that one fetch may take. */
const DEADLINE_SECONDS = 300;

/** What one fetch takes. */
const NEEDS = { memory: "128Mi", "ephemeral-storage": "16Mi" };

/** Configuration of BuildBarn's `sync_jwks_to_configmap`: the cluster's own list of keys, asked with the pod's account. */
function fetchConfiguration(namespace: string): object {
  const headers = [{ header: "Authorization", values: [`Bearer ${fileContents(`${ACCOUNT_DIRECTORY}/token`)}`] }];
  return {
    httpClient: {
      tls: { serverCertificateAuthorities: fileContents(`${ACCOUNT_DIRECTORY}/ca.crt`) },
      addHeaders: headers,
    },
    jwksUrl: "https://kubernetes.default.svc/openid/v1/jwks",
    configMapNamespace: namespace,
    configMapName: KEYS,
    configMapKey: "jwks",
  };
}

/**
 * Declares what servers check tokens with: the issuer, and the keys, fetched once before any server starts and every
 * ten minutes from then on. Its pod may change that one ConfigMap and reach the API server.
 */
export function declareTokenKeys(args: TokenKeysArgs, options: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { namespace } = args;
  const labels = selector(NAME);
  const metadata = { name: NAME, namespace, labels };
  // Neither is configuration, and neither rolls a pod: servers read them again.
  const keys = new kubernetes.core.v1.ConfigMap(
    KEYS,
    { metadata: { name: KEYS, namespace } },
    // What it holds is the fetching pod's.
    { ...options, ignoreChanges: ["binaryData", "metadata.annotations"] },
  );
  const issuer = new kubernetes.core.v1.ConfigMap(
    ISSUER,
    { metadata: { name: ISSUER, namespace }, data: { issuer: args.issuer } },
    options,
  );
  const rule = { apiGroups: [""], resources: ["configmaps"], resourceNames: [KEYS], verbs: ["patch"] };
  const access = declareAccount(metadata, [rule], options);
  const configurations = { [NAME]: fetchConfiguration(args.namespaceName) };
  const config = declareConfiguration(`${NAME}-config`, configurations, { namespace, labels }, options);
  const behind = { ...options, dependsOn: [...dependencies(options), ...access, keys, config.configMap] };
  const spec = { backoffLimit: 6, activeDeadlineSeconds: DEADLINE_SECONDS, template: fetchPod(args, config) };
  const first = new kubernetes.batch.v1.Job(NAME, { metadata, spec }, behind);
  const again = new kubernetes.batch.v1.CronJob(
    NAME,
    {
      metadata,
      spec: {
        schedule: SCHEDULE,
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: { spec },
      },
    },
    behind,
  );
  return [issuer, first, again];
}

function fetchPod(args: TokenKeysArgs, config: ConfigurationFiles): kubernetes.types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: selector(NAME) },
    spec: {
      ...podDefaults(args.pool),
      serviceAccountName: NAME,
      restartPolicy: "OnFailure",
      securityContext: AS_FARM_USER,
      containers: [
        {
          name: NAME,
          image: args.image,
          imagePullPolicy: args.imagePullPolicy,
          command: underInit("/usr/local/bin", "sync_jwks_to_configmap", `/config/${NAME}.json`),
          resources: {
            requests: { ...NEEDS, cpu: "10m" },
            limits: NEEDS,
          },
          securityContext: CONFINED,
          volumeMounts: [{ name: "config", mountPath: "/config", readOnly: true }, ACCOUNT_MOUNT],
        },
      ],
      volumes: [config.volume, ACCOUNT_VOLUME],
    },
  };
}

import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { AS_FARM_USER, CONFINED, dataVolume, directories, podDefaults, resources, selector } from "../buildbarn/pod";
import type { NodePool } from "../platform/platform";
import type { Credentials } from "./credentials";

/** Port of the S3 server. */
export const S3_PORT = 7070;

/** Arguments of the S3 server. */
export interface ServerArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with versitygw, by digest. */
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly pool: NodePool;
  /** Bytes of the volume that holds every object. */
  readonly volumeBytes: number;
  readonly storageClassName: pulumi.Input<string> | undefined;
  readonly credentials: Credentials;
}

/** Name of the claim that holds the objects. */
export const S3_CLAIM = "data-s3-0";

/** Declares an S3 server for clusters that have none: versitygw over one volume; its Service is `s3`. */
export function declareServer(
  args: ServerArgs,
  options: pulumi.CustomResourceOptions,
): {
  service: kubernetes.core.v1.Service;
  ready: pulumi.Resource;
} {
  const { namespace, credentials } = args;
  const metadata = { name: "s3", namespace, labels: selector("s3") };
  const secret = new kubernetes.core.v1.Secret(
    "s3",
    { metadata, stringData: { access: credentials.accessKeyId, secret: credentials.secretAccessKey } },
    options,
  );
  const service = new kubernetes.core.v1.Service(
    "s3",
    { metadata, spec: { selector: selector("s3"), ports: [{ name: "http", port: S3_PORT }] } },
    options,
  );
  const from = (name: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: "s3", key } } });
  const data = { name: "data", mountPath: "/data" };
  const httpGet = { path: "/health", port: S3_PORT };
  const ready = new kubernetes.apps.v1.StatefulSet(
    "s3",
    {
      metadata,
      spec: {
        serviceName: "s3",
        replicas: 1,
        selector: { matchLabels: selector("s3") },
        template: {
          metadata: { labels: selector("s3") },
          spec: {
            ...podDefaults(args.pool),
            securityContext: AS_FARM_USER,
            initContainers: [directories(args, data, ["/data/objects", "/data/versions"])],
            containers: [
              {
                name: "s3",
                image: args.image,
                imagePullPolicy: args.imagePullPolicy,
                command: ["/usr/local/bin/versitygw"],
                args: [
                  "--port",
                  `:${S3_PORT}`,
                  "--health",
                  "/health",
                  "posix",
                  "--versioning-dir",
                  "/data/versions",
                  "/data/objects",
                ],
                env: [from("ROOT_ACCESS_KEY", "access"), from("ROOT_SECRET_KEY", "secret")],
                ports: [{ containerPort: S3_PORT }],
                resources: resources({ cpu: "50m", memory: "1Gi" }),
                securityContext: CONFINED,
                startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 60 },
                readinessProbe: { httpGet, periodSeconds: 10 },
                livenessProbe: { httpGet, periodSeconds: 15, failureThreshold: 4 },
                volumeMounts: [data],
              },
            ],
          },
        },
        ...dataVolume(args.storageClassName, args.volumeBytes),
      },
    },
    { ...options, dependsOn: [secret, ...[options.dependsOn ?? []].flat()] as pulumi.Resource[] },
  );
  return { service, ready };
}

import * as pulumi from "@pulumi/pulumi";

import { neededPool, type Platform } from "../platform/platform";
import { Bucket, type StoreAccessInput } from "./bucket";
import { Credentials } from "./credentials";
import { DynamicProvider } from "./dynamic-provider";
import { LOCKED, type Purpose, PURPOSES } from "./purposes";
import { declareServer, S3_PORT } from "./server";

/** An S3 server that the farm runs itself. */
export interface OwnServer {
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly volumeBytes: number;
}

/** An S3 service that exists. */
export interface ExistingService {
  /** URL that both Pulumi and pods reach. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: pulumi.Input<string>;
}

/** Arguments of an artifact store. */
export interface ArtifactStoreArgs {
  readonly platform: Platform;
  readonly namespace: pulumi.Output<string>;
  readonly service: { readonly own: OwnServer } | { readonly existing: ExistingService };
  /** Put before every bucket's name, where names are shared with others. */
  readonly prefix: string;
  /** Whether destroying the stack takes the objects with it. */
  readonly forceDestroy: boolean;
  /**
   * Days in which nobody at all can change or delete what was released (S3 Object Lock, COMPLIANCE); a service that
   * cannot lock refuses. @default no lock
   */
  readonly releaseLockDays?: number;
}

/** Region that a server of one's own answers to. */
const OWN_REGION = "us-east-1";

/** The buckets of a farm on an S3 service, and who may use them. */
export class ArtifactStore extends pulumi.ComponentResource {
  /** URL for pods, by name. */
  readonly endpoint: pulumi.Output<string>;
  /** URL for those without the cluster's names: Pulumi, `./farm release`. */
  readonly address: pulumi.Output<string>;
  readonly region: string;
  readonly buckets: Readonly<Record<Purpose, pulumi.Output<string>>>;
  readonly credentials: pulumi.Output<{ accessKeyId: string; secretAccessKey: string }>;

  constructor(name: string, args: ArtifactStoreArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:artifacts:ArtifactStore", name, {}, options);
    const provider = new DynamicProvider("s3", { parent: this });
    const { access, endpoint, ready } = this.service(args, provider);
    this.region = access.region;
    this.endpoint = endpoint;
    this.address = pulumi.output(access.endpoint);
    const { accessKeyId, secretAccessKey } = access;
    this.credentials = pulumi.secret({ accessKeyId, secretAccessKey });
    const bucket = (purpose: Purpose) =>
      new Bucket(
        purpose,
        {
          bucket: `${args.prefix}${purpose}`,
          access,
          versioning: LOCKED.includes(purpose),
          forceDestroy: args.forceDestroy,
          ...(LOCKED.includes(purpose) && args.releaseLockDays !== undefined && { lockDays: args.releaseLockDays }),
        },
        { parent: this, provider, dependsOn: ready },
      ).bucket;
    this.buckets = Object.fromEntries(PURPOSES.map((purpose) => [purpose, bucket(purpose)])) as Record<
      Purpose,
      pulumi.Output<string>
    >;
    this.registerOutputs({ buckets: this.buckets });
  }

  private service(
    args: ArtifactStoreArgs,
    provider: DynamicProvider,
  ): {
    access: StoreAccessInput & { readonly region: string };
    endpoint: pulumi.Output<string>;
    ready: pulumi.Resource[];
  } {
    if ("existing" in args.service) {
      const access = args.service.existing;
      return { access, endpoint: pulumi.output(access.endpoint), ready: [] };
    }
    const credentials = new Credentials("s3-credentials", { parent: this, provider });
    const { service, ready } = declareServer(
      {
        ...args.service.own,
        namespace: args.namespace,
        pool: neededPool(args.platform, "storage"),
        storageClassName: args.platform.storageClassName,
        credentials,
      },
      { parent: this, provider: args.platform.provider, dependsOn: [...args.platform.volumes] },
    );
    const address = service.spec.clusterIP.apply((ip) => `http://${ip}:${S3_PORT}`);
    const { accessKeyId, secretAccessKey } = credentials;
    const endpoint = args.namespace.apply((namespace) => `http://s3.${namespace}:${S3_PORT}`);
    return {
      access: { endpoint: address, region: OWN_REGION, accessKeyId, secretAccessKey },
      endpoint,
      ready: [ready],
    };
  }
}

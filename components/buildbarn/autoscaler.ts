import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { PROMETHEUS, PROMETHEUS_PORT } from "../observability/configuration";
import { ACCOUNT_DIRECTORY, ACCOUNT_MOUNT, ACCOUNT_VOLUME } from "../platform/api-token";
import { neededPool, type Platform } from "../platform/platform";
import { declareAccount } from "./account";
import { type AutoscaleSettings, queueLengths } from "./autoscale/settings";
import type { FollowingPool } from "./autoscale/wanted";
import { type ConfigurationFiles, declareConfiguration } from "./configuration-files";
import { API_SERVER_PORTS, declareNetworkPolicies, pods, tcp } from "./network-policies";
import { AS_FARM_USER, CONFINED, podDefaults, podMetadata, resources, selector } from "./pod";
import { platformProperties } from "./platform-properties";
import { workersName } from "./worker-class";
import type { WorkerPool } from "./workers";

/** Arguments of what has workers follow their queues. */
export interface AutoscalerArgs {
  readonly platform: Platform;
  readonly namespace: pulumi.Output<string>;
  /** The same, known beforehand. */
  readonly namespaceName: string;
  /** Image with Node and the autoscaler's program, by digest: the clients'. */
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Pools that follow their queues, and others. */
  readonly workers: readonly WorkerPool[];
  /** Seconds that more actions must not have been there before workers go. */
  readonly idleSeconds: number;
}

/** The autoscaler's part in the farm, as its pods say it. */
export const AUTOSCALER = "autoscaler";

/** Where the client image has the program. */
export const AUTOSCALER_PROGRAM = "/opt/monofarm/autoscale.js";

/** Seconds between two looks: Prometheus looks as often. */
const INTERVAL_SECONDS = 15;

/** The pools that follow their queues. */
export function followingPools(workers: readonly WorkerPool[]): FollowingPool[] {
  return workers.flatMap(({ architecture, workerClass, workerImage, replicas }) =>
    typeof replicas === "number"
      ? []
      : [
          {
            deployment: workersName(architecture, workerClass),
            platform: platformProperties(architecture, workerClass, workerImage),
            ...replicas,
          },
        ],
  );
}

/**
 * Has workers follow their queues: asks Prometheus four times a minute how many actions each queue holds, and sets how many
 * pods its Deployment has. Its account can do that to these Deployments and nothing else; a worker that must go ends its
 * action first, as in a drain.
 */
export class Autoscaler extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscalerArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:buildbarn:Autoscaler", name, {}, options);
    const { namespace, namespaceName } = args;
    const mine = { parent: this, provider: args.platform.provider };
    const pools = followingPools(args.workers);
    const settings: AutoscaleSettings = {
      prometheus: `http://${PROMETHEUS}:${PROMETHEUS_PORT}`,
      query: queueLengths(args.idleSeconds),
      namespace: namespaceName,
      pools,
      intervalSeconds: INTERVAL_SECONDS,
    };
    const labels = selector(AUTOSCALER);
    const metadata = { name: AUTOSCALER, namespace, labels };
    const policies = declareNetworkPolicies(namespace, { [AUTOSCALER]: doors() }, mine);
    const rule = {
      apiGroups: ["apps"],
      resources: ["deployments/scale"],
      resourceNames: pools.map(({ deployment }) => deployment),
      verbs: ["get", "patch"],
    };
    const access = declareAccount(metadata, [rule], mine);
    const config = declareConfiguration(AUTOSCALER, { [AUTOSCALER]: settings }, { namespace, labels }, mine);
    new kubernetes.apps.v1.Deployment(
      AUTOSCALER,
      {
        metadata,
        spec: {
          replicas: 1,
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels },
          template: { metadata: podMetadata(AUTOSCALER), spec: pod(args, config) },
        },
      },
      { ...mine, dependsOn: [...policies, ...access, config.configMap] },
    );
    this.registerOutputs();
  }
}

/** Out to Prometheus and the API server, which is not everywhere at the same address; nobody in. */
function doors(): kubernetes.types.input.networking.v1.NetworkPolicySpec {
  return {
    ...pods(AUTOSCALER),
    policyTypes: ["Ingress", "Egress"],
    egress: [{ to: [pods(PROMETHEUS)], ports: tcp(PROMETHEUS_PORT) }, { ports: API_SERVER_PORTS.flatMap(tcp) }],
  };
}

function pod(args: AutoscalerArgs, config: ConfigurationFiles): kubernetes.types.input.core.v1.PodSpec {
  return {
    ...podDefaults(neededPool(args.platform, "system")),
    serviceAccountName: AUTOSCALER,
    securityContext: AS_FARM_USER,
    containers: [
      {
        name: AUTOSCALER,
        image: args.image,
        imagePullPolicy: args.imagePullPolicy,
        command: ["/usr/local/bin/node", AUTOSCALER_PROGRAM, `/config/${AUTOSCALER}.json`],
        env: [{ name: "NODE_EXTRA_CA_CERTS", value: `${ACCOUNT_DIRECTORY}/ca.crt` }],
        resources: resources({ cpu: "10m", memory: "192Mi" }),
        securityContext: CONFINED,
        volumeMounts: [{ name: "config", mountPath: "/config", readOnly: true }, ACCOUNT_MOUNT],
      },
    ],
    volumes: [config.volume, ACCOUNT_VOLUME],
  };
}

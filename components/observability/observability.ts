import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { configurationFiles, declareFiles, type Files } from "../buildbarn/configuration-files";
import { declareNetworkPolicies } from "../buildbarn/network-policies";
import { AS_FARM_USER, CONFINED, podDefaults, podMetadata, resources, selector } from "../buildbarn/pod";
import { neededPool, type Platform } from "../platform/platform";
import { CONFIGURATION_DIRECTORY, PROMETHEUS as NAME, PROMETHEUS_PORT, prometheusConfiguration } from "./configuration";
import { scrapePolicies } from "./network-policies";
import { ruleFile, THRESHOLDS, type Thresholds } from "./rules";
import { metricsService, SCRAPED } from "./scraped";

/** Arguments of the farm's observability. */
export interface ObservabilityArgs {
  readonly platform: Platform;
  readonly namespace: pulumi.Output<string>;
  /** The same, known beforehand: the names of the parts' pods end in it. */
  readonly namespaceName: string;
  /** Image with Prometheus, by digest. */
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Parts of the farm that may call it, as `http://prometheus:9090`. @default nobody */
  readonly askedBy?: readonly string[];
  /** @default THRESHOLDS */
  readonly thresholds?: Thresholds;
}

/** What a browser shows at `/consoles/farm.html`. */
const DASHBOARD = readFileSync(join(__dirname, "farm.html"), "utf8");

/** Most that the metrics may take, and how long they are kept; they go with their pod. */
const RETENTION = { time: "15d", size: "1GB", volume: "2Gi" };

const DATA = "/prometheus";

/**
 * A Prometheus in the farm's namespace that finds every part by DNS, keeps what the rules make of it, and shows it at
 * `/consoles/farm.html`, to the farm's browser. It has no account with the API server, and sends its alerts to nobody.
 */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, options?: pulumi.ComponentResourceOptions) {
    super("monofarm:observability:Observability", name, {}, options);
    const { platform, namespace } = args;
    const mine = { parent: this, provider: platform.provider };
    const policies = declareNetworkPolicies(namespace, scrapePolicies(SCRAPED, args.askedBy), mine);
    for (const { part, port } of SCRAPED) {
      new kubernetes.core.v1.Service(
        metricsService(part),
        {
          metadata: {
            name: metricsService(part),
            namespace,
            labels: selector(part),
            // Workers may be none.
            annotations: { "pulumi.com/skipAwait": "true" },
          },
          spec: {
            clusterIP: "None",
            // A pod that starts, or ends its action, is asked too.
            publishNotReadyAddresses: true,
            selector: selector(part),
            ports: [{ name: "metrics", port }],
          },
        },
        mine,
      );
    }
    const files = observabilityFiles(args.namespaceName, args.thresholds);
    const config = declareFiles(NAME, files, { namespace, labels: selector(NAME) }, mine);
    const metadata = { name: NAME, namespace, labels: selector(NAME) };
    new kubernetes.core.v1.Service(
      NAME,
      {
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector: selector(NAME), ports: [{ name: "http", port: PROMETHEUS_PORT }] },
      },
      mine,
    );
    new kubernetes.apps.v1.Deployment(
      NAME,
      {
        metadata,
        spec: {
          replicas: 1,
          strategy: { type: "Recreate" },
          selector: { matchLabels: selector(NAME) },
          template: { metadata: podMetadata(NAME), spec: pod(args, files.name) },
        },
      },
      { ...mine, dependsOn: [config, ...policies] },
    );
    this.registerOutputs();
  }
}

/** Prometheus' files for a namespace. */
export function observabilityFiles(namespace: string, thresholds: Thresholds = THRESHOLDS): Files {
  const configurations = { prometheus: prometheusConfiguration(namespace, SCRAPED), rules: ruleFile(thresholds) };
  return configurationFiles(NAME, configurations, { "farm.html": DASHBOARD });
}

/** What Prometheus is started with; consoles are all that it has for a browser. */
export function prometheusArguments(configuration: string, consoles: string, data: string): string[] {
  return [
    `--config.file=${configuration}`,
    `--web.console.templates=${consoles}`,
    `--storage.tsdb.path=${data}`,
    `--storage.tsdb.retention.time=${RETENTION.time}`,
    `--storage.tsdb.retention.size=${RETENTION.size}`,
  ];
}

function pod(args: ObservabilityArgs, configMap: string): kubernetes.types.input.core.v1.PodSpec {
  const httpGet = { path: "/-/ready", port: PROMETHEUS_PORT };
  const config = (key: string, path: string) => ({ key, path });
  return {
    ...podDefaults(neededPool(args.platform, "system")),
    securityContext: AS_FARM_USER,
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name: NAME,
        image: args.image,
        imagePullPolicy: args.imagePullPolicy,
        command: ["/usr/local/bin/prometheus"],
        args: [
          ...prometheusArguments(
            `${CONFIGURATION_DIRECTORY}/prometheus.json`,
            `${CONFIGURATION_DIRECTORY}/consoles`,
            DATA,
          ),
          `--web.listen-address=:${PROMETHEUS_PORT}`,
        ],
        workingDir: DATA,
        resources: resources({ cpu: "50m", memory: "512Mi" }),
        securityContext: CONFINED,
        ports: [{ containerPort: PROMETHEUS_PORT }],
        startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { httpGet, periodSeconds: 10 },
        livenessProbe: {
          httpGet: { path: "/-/healthy", port: PROMETHEUS_PORT },
          periodSeconds: 15,
          failureThreshold: 4,
          timeoutSeconds: 5,
        },
        volumeMounts: [
          { name: "config", mountPath: CONFIGURATION_DIRECTORY, readOnly: true },
          { name: "data", mountPath: DATA },
        ],
      },
    ],
    volumes: [
      {
        name: "config",
        configMap: {
          name: configMap,
          items: [
            config("prometheus.json", "prometheus.json"),
            config("rules.json", "rules.json"),
            config("farm.html", "consoles/farm.html"),
          ],
        },
      },
      { name: "data", emptyDir: { sizeLimit: RETENTION.volume } },
    ],
  };
}

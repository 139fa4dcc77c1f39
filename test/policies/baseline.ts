/**
 * Monogres' present farm, the folder `rbe/` of its repository, as resources: what eksctl, Helm and kubectl make there, as
 * far as its files say. What they leave out is left out here. The rules know parts by `app.kubernetes.io/name`: its label
 * `app` is written so. Digests and hosts are made up, tags are shortened to their dates.
 */
import type { Declared } from "./golden";

const json = (value: unknown) => JSON.stringify(value);
const labels = (name: string) => ({ "app.kubernetes.io/name": name });
const metadata = (name: string) => ({ name, namespace: "buildbarn", labels: labels(name) });
const RUNNER = `ghcr.io/rpostgres/rpostgres/debian-rbe-pgdeps@sha256:${"1".repeat(64)}`;

const pods = (name: string, replicas: number, spec: object): Declared => ({
  type: "kubernetes:apps/v1:Deployment",
  props: { metadata: metadata(name), spec: { replicas, template: { metadata: { labels: labels(name) }, spec } } },
});
const configuration = (name: string, data: Record<string, string>): Declared => ({
  type: "kubernetes:core/v1:ConfigMap",
  props: { metadata: metadata(name), data },
});

/** A pool of workers: two replicas, each with two actions at a time of one user. */
function workers(architecture: "amd64" | "arm64"): Record<string, Declared> {
  const name = `worker-${architecture}`;
  const pod = {
    nodeSelector: { "kubernetes.io/arch": architecture, "buildcluster/role": "worker" },
    initContainers: [
      { name: "bb-runner-installer", image: "ghcr.io/buildbarn/bb-runner-installer:20250411" },
      { name: "volume-init", image: "busybox:1.31.1-uclibc" },
    ],
    containers: [
      { name: "worker", image: "ghcr.io/buildbarn/bb-worker:20250411", securityContext: { runAsUser: 0 } },
      {
        name: "runner",
        image: RUNNER,
        securityContext: { runAsUser: 65534, allowPrivilegeEscalation: false },
      },
    ],
    volumes: [
      { name: "config", configMap: { name } },
      { name: "worker", emptyDir: {} },
    ],
  };
  const properties = [
    { name: "Arch", value: architecture },
    { name: "OSFamily", value: "linux" },
    { name: "container-image", value: `docker://${RUNNER}` },
  ];
  const deployment = pods(name, 2, pod);
  const { spec } = deployment.props as { spec: object };
  const template = { metadata: { labels: labels("worker") }, spec: pod };
  return {
    [name]: { ...deployment, props: { ...deployment.props, spec: { ...spec, template } } },
    [`${name}-config`]: configuration(name, {
      "worker.json": json({ buildDirectories: [{ runners: [{ concurrency: 2, platform: { properties } }] }] }),
    }),
  };
}

const nodes = (role: string, instanceType: string, maxSize: number): Declared => ({
  type: "aws:eks/nodeGroup:NodeGroup",
  props: { labels: { "buildcluster/role": role }, instanceTypes: [instanceType], scalingConfig: { maxSize } },
});

export const BASELINE: Readonly<Record<string, Declared>> = {
  buildcluster: { type: "aws:eks/cluster:Cluster", props: { version: "1.33" } },
  "workers-amd64": nodes("worker", "c7a.2xlarge", 10),
  "workers-arm64": nodes("worker", "c7g.2xlarge", 10),
  "nodes-storage": nodes("storage", "m6a.large", 2),
  "nodes-other": nodes("other", "t3.medium", 2),
  "addon-vpc-cni": { type: "aws:eks/addon:Addon", props: { addonName: "vpc-cni" } },
  ...workers("amd64"),
  ...workers("arm64"),
  frontend: pods("frontend", 1, {
    containers: [{ name: "storage", image: "ghcr.io/buildbarn/bb-storage:20250408" }],
  }),
  "frontend-config": configuration("frontend", {
    "frontend.json": json({
      schedulers: { "": {} },
      grpcServers: [
        {
          authenticationPolicy: { jwt: { claimsValidationJmespathExpression: { expression: "`true`" } } },
        },
      ],
      actionCache: { putAuthorizer: { allow: {} } },
    }),
  }),
  scheduler: pods("scheduler", 1, {
    containers: [{ name: "scheduler", image: "ghcr.io/buildbarn/bb-scheduler:20250411" }],
  }),
  browser: pods("browser", 1, {
    containers: [{ name: "browser", image: "ghcr.io/buildbarn/bb-browser:20250414" }],
  }),
  ingress: {
    type: "kubernetes:networking.k8s.io/v1:Ingress",
    props: {
      metadata: {
        ...metadata("scheduler-browser"),
        annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" },
      },
    },
  },
  "load-balancer-controller": {
    type: "kubernetes:helm.sh/v3:Release",
    props: {
      chart: "aws-load-balancer-controller",
      version: "1.13.3",
      repositoryOpts: { repo: "https://charts.example" },
    },
  },
  "access-key": { type: "aws:iam/accessKey:AccessKey", props: { user: "builder" } },
  bazel: configuration("bazel", {
    ".bazelrc": [
      "common --incompatible_strict_action_env --nostamp",
      "build --jobs=50 --keep_going --noremote_upload_local_results --remote_timeout=5m",
      "build --strategy=remote --remote_executor=grpcs://rbe.example --bes_backend=grpcs://remote.buildbuddy.io",
      "",
    ].join("\n"),
    "downloader.cfg": "rewrite ftp.gnu.org/(.*) mirrors.kernel.org/$1\n",
  }),
};
